//===- Places.h - where the nodes of a topology are drawn ------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MACHINE_PLACES_H
#define CM_LIB_MACHINE_PLACES_H

#include "Layout.h"
#include "cm/Machine/Machine.pb.h"

namespace cm {

/// Of cores, then of switches; neighbours are about one unit apart. Each
/// generator has its own picture, a list of links is laid out by distances.
/// The topology has been checked.
std::vector<Point> placesOf(const machine::Topology &topology);

} // namespace cm

#endif // CM_LIB_MACHINE_PLACES_H
