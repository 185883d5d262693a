// RUN: cm-opt %s --split-input-file --verify-diagnostics

// window (C1): count.

// expected-error @below {{(C1) expected two kernel extents, found 1}}
module attributes {cm.a = #cmflow.window<kernel [1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0>} {}

// -----

// window (C1): kernel.

// expected-error @below {{(C1) expected kernel extents of 1 to 1048576, found 0}}
module attributes {cm.a = #cmflow.window<kernel [1, 0] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0>} {}

// -----

// window (C1): strides.

// expected-error @below {{(C1) expected strides of 0 to 1048576, found -1}}
module attributes {cm.a = #cmflow.window<kernel [1, 1] strides [-1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0>} {}

// -----

// window (C1): offsets.

// expected-error @below {{(C1) expected two offsets, found 3}}
module attributes {cm.a = #cmflow.window<kernel [1, 1] strides [1, 1] offsets [0, 0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0>} {}

// -----

// window (C1): dilations.

// expected-error @below {{(C1) expected dilations of 1 to 1048576, found -1}}
module attributes {cm.a = #cmflow.window<kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, -1] channels [0, 4] elements [0, 4] fill 0>} {}

// -----

// window (C2).

// expected-error @below {{(C2) expected channels [begin, end) with 0 <= begin < end <= 268435456, found [4, 4]}}
module attributes {cm.a = #cmflow.window<kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [4, 4] elements [0, 4] fill 0>} {}

// -----

// window (C2): count.

// expected-error @below {{(C2) expected channels [begin, end) with 0 <= begin < end <= 268435456, found [4]}}
module attributes {cm.a = #cmflow.window<kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [4] elements [0, 4] fill 0>} {}

// -----

// window (C3): order.

// expected-error @below {{(C3) expected elements [begin, end) with 0 <= begin < end <= 268435456, found [-1, 4]}}
module attributes {cm.a = #cmflow.window<kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [-1, 4] fill 0>} {}

// -----

// window (C3): end.

// expected-error @below {{(C3) expected elements within the 36 of the window, found 37}}
module attributes {cm.a = #cmflow.window<kernel [3, 3] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 37] fill 0>} {}

// -----

// window (C4).

// expected-error @below {{(C4) expected an int8 fill, found 128}}
module attributes {cm.a = #cmflow.window<kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 128>} {}

// -----

// pixels (C1): strides.

// expected-error @below {{(C1) expected strides of 1 to 1048576, found -1}}
module attributes {cm.a = #cmflow.pixels<strides [-1, 1] offsets [0, 0] channels [0, 4]>} {}

// -----

// pixels (C1): offsets.

// expected-error @below {{(C1) expected offsets of 0 to 1048576, found -1}}
module attributes {cm.a = #cmflow.pixels<strides [1, 1] offsets [0, -1] channels [0, 4]>} {}

// -----

// pixels (C2).

// expected-error @below {{(C2) expected channels [begin, end) with 0 <= begin < end <= 268435456, found [4, 0]}}
module attributes {cm.a = #cmflow.pixels<strides [1, 1] offsets [0, 0] channels [4, 0]>} {}

// -----

// expected-error @below {{(C3) expected a count of 1 to 2 pixels, found 3}}
module attributes {cm.a = #cmflow.pixels<strides [1, 2] offsets [0, 0] channels [0, 4] count 3>} {}

// -----

// expected-error @below {{(C3) expected 1 to 4 rows, found 5}}
module attributes {cm.a = #cmflow.pixels<strides [4, 2] offsets [0, 0] channels [0, 4] count 2 rows 5>} {}

// -----

// pixels (C3): elements.
// expected-error @below {{(C3) expected at most 268435456 elements, found 1048576x1048576x4}}
module attributes {cm.a = #cmflow.pixels<strides [1048576, 1048576] offsets [0, 0] channels [0, 4] count 1048576 rows 1048576>} {}

// -----

// capacity (C1).

// expected-error @below {{(C1) expected 1 to 4294967295 slots, found 0}}
module attributes {cm.a = #cmflow.capacity<0 row>} {}

// -----

// binding (C1).

// expected-error @below {{(C1) expected host type int8, uint8 or float32, found 'int16'}}
module attributes {cm.a = #cmflow.binding<"b" "int16" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>} {}

// -----

// binding (C2): negative.

// expected-error @below {{(C2) expected an f32 scale that is positive, normal and at most 2^80, found -1.000000e+00 : f32}}
module attributes {cm.a = #cmflow.binding<"b" "int8" [1, 4] permutation [0] scale -1.0 : f32 zero_point 0>} {}

// -----

// binding (C2): infinite.

// expected-error @below {{(C2) expected an f32 scale that is positive, normal and at most 2^80, found 0x7F800000 : f32}}
module attributes {cm.a = #cmflow.binding<"b" "int8" [1, 4] permutation [0] scale 0x7F800000 : f32 zero_point 0>} {}

// -----

// binding (C3).

// expected-error @below {{(C3) expected an int8 zero point, found -129}}
module attributes {cm.a = #cmflow.binding<"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point -129>} {}

// -----

// window (C1): numbers beyond a program file.

// expected-error @below {{(C1) expected offsets of -1048576 to 1048576, found 9223372036854775807}}
module attributes {cm.a = #cmflow.window<kernel [1, 1] strides [1, 1] offsets [9223372036854775807, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0>} {}

// -----

// expected-error @below {{(C1) expected kernel extents of 1 to 1048576, found 6148914691236517211}}
module attributes {cm.a = #cmflow.window<kernel [6148914691236517211, 3] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0>} {}

// -----

// expected-error @below {{(C1) expected a kernel of at most 1048576 pixels, found 1048576x2}}
module attributes {cm.a = #cmflow.window<kernel [1048576, 2] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0>} {}

// -----

// expected-error @below {{(C1) expected strides of 1 to 1048576, found 4611686018427387904}}
module attributes {cm.a = #cmflow.pixels<strides [4611686018427387904, 1] offsets [0, 0] channels [0, 4]>} {}

// -----

// expected-error @below {{(C1) expected 1 to 4294967295 slots, found 4294967296}}
module attributes {cm.a = #cmflow.capacity<4294967296 row>} {}

// -----

// window (C1): what a product of two would take out of 64 bits.

// expected-error @below {{(C1) expected kernel extents of 1 to 1048576, found 4294967299}}
module attributes {cm.a = #cmflow.window<kernel [4294967299, 3] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0>} {}

// -----

// window (C1): strides.

// expected-error @below {{(C1) expected strides of 0 to 1048576, found 4611686018427387904}}
module attributes {cm.a = #cmflow.window<kernel [1, 1] strides [4611686018427387904, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0>} {}

// -----

// window (C1): offsets.

// expected-error @below {{(C1) expected offsets of -1048576 to 1048576, found 9223372036854775807}}
module attributes {cm.a = #cmflow.window<kernel [1, 1] strides [1, 1] offsets [9223372036854775807, -1] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0>} {}

// -----

// window (C1): offsets.

// expected-error @below {{(C1) expected offsets of -1048576 to 1048576, found -1048577}}
module attributes {cm.a = #cmflow.window<kernel [1, 1] strides [1, 1] offsets [0, -1048577] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0>} {}

// -----

// window (C2): more than any object has.

// expected-error @below {{(C2) expected channels [begin, end) with 0 <= begin < end <= 268435456, found [0, 2147483648]}}
module attributes {cm.a = #cmflow.window<kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 2147483648] elements [0, 4] fill 0>} {}

// -----

// window (C3): more than the file holds, of a window that lists as many.

// expected-error @below {{(C3) expected elements [begin, end) with 0 <= begin < end <= 268435456, found [0, 4294967296]}}
module attributes {cm.a = #cmflow.window<kernel [1024, 1024] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4096] elements [0, 4294967296] fill 0>} {}
