// RUN: cm-opt %s --split-input-file --verify-diagnostics

// object (C1).

cmcore.program @net machine 0 release_interval 1 {
  // expected-error @below {{(C1) expected 1 to 268435456 elements, found 0x4x4}}
  cmcore.object @x : 0x4x4 i8
}

// -----

// object (C2).

cmcore.program @net machine 0 release_interval 1 {
  // expected-error @below {{(C2) expected elements of i8 or i32, found 'f32'}}
  cmcore.object @x : 4x4x4 f32
}

// -----

// program (C1).

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 3 {
  }
  // expected-error @below {{(C1) of cmcore.program: repeats the id 3}}
  cmcore.node 3 {
  }
}

// -----

// program (C2).

cmcore.program @net machine 0 release_interval 1 {
  // expected-error @below {{(C2) of cmcore.program: expected id 0, found 1}}
  cmcore.route 1 over @x from 0 @a to 1 buffer @x links [] readers []
}

// -----

// route: readers.

cmcore.program @net machine 0 release_interval 1 {
  // expected-error @below {{attribute 'readers' failed to satisfy constraint: flat symbol ref array attribute}}
  cmcore.route 0 over @x from 0 @a to 1 buffer @x links [] readers [1]
}

// -----

// unit (C1).

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    // expected-error @below {{(C1) expected ranges [begin, end) with 0 <= begin < end, found [4]}}
    cmcore.unit @u crossbars [0] holds @w groups 1 channels [4] elements [0, 4] columns [0, 4]
  }
}

// -----

// unit: groups.

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    // expected-error @below {{attribute 'groups' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
    cmcore.unit @u crossbars [0] holds @w groups 0 channels [0, 4] elements [0, 4] columns [0, 4]
  }
}

// -----

// buffer: address.

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    // expected-error @below {{attribute 'address' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
    cmcore.buffer @x at -16 <1 row>
  }
}

// -----

// context (C1): extent.

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    // expected-error @below {{(C1) expected a domain of two extents, 1 to 268435456 iterations, found [4, 0]}}
    cmcore.context @c domain [4, 0] sends [] lcu {
      cmcore.fire
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// context (C1): count.

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    // expected-error @below {{(C1) expected a domain of two extents, 1 to 268435456 iterations, found [4]}}
    cmcore.context @c domain [4] sends [] lcu {
      cmcore.fire
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// context (C2).

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    cmcore.context @c domain [4, 4] sends [] lcu {
      // expected-error @below {{(C2) of cmcore.context: expected an LCU operation}}
      arith.constant 1 : i32
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// context (C3): no send.

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    // expected-error @below {{(C3) expected a data path that ends in cmcore.send, or an input without one}}
    cmcore.context @c domain [4, 4] sends [] lcu {
      cmcore.fire
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    }
  }
}

// -----

// context (C3): an input with a data path.

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    // expected-error @below {{(C3) expected a data path that ends in cmcore.send, or an input without one}}
    cmcore.context @c domain [4, 4] sends [] input @x lcu {
      cmcore.fire
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// context (C3): nothing.

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    // expected-error @below {{(C3) expected a data path or an input}}
    cmcore.context @c domain [4, 4] sends [] lcu {
      cmcore.fire
    } data {
    }
  }
}

// -----

// context (C4): the operand is used twice.

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    cmcore.context @c domain [4, 4] sends [] lcu {
      cmcore.fire
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      // expected-error @below {{(C4) of cmcore.context: expected one MVM, with an operand from a cmcore.gather that nothing else uses}}
      %1 = cmcore.mvm %0, @u : vector<4xi8> -> vector<4xi32>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// context (C4): two MVMs.

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    cmcore.context @c domain [4, 4] sends [] lcu {
      cmcore.fire
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      %1 = cmcore.mvm %0, @u : vector<4xi8> -> vector<4xi32>
      %2 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      // expected-error @below {{(C4) of cmcore.context: expected one MVM, with an operand from a cmcore.gather that nothing else uses}}
      %3 = cmcore.mvm %2, @u : vector<4xi8> -> vector<4xi32>
      cmcore.send %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
    }
  }
}

// -----

// for (C1).

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    cmcore.context @c domain [4, 4] sends [] lcu {
      // expected-error @below {{(C1) expected dim 0 or 1, found 2}}
      cmcore.for 2 from affine_map<(n, d0, d1) -> (0)> to affine_map<(n, d0, d1) -> (0)> step 1 {
        cmcore.fire
      }
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// for (C2).

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    cmcore.context @c domain [4, 4] sends [] lcu {
      // expected-error @below {{(C2) expected a step of at least 1, found 0}}
      cmcore.for 0 from affine_map<(n, d0, d1) -> (0)> to affine_map<(n, d0, d1) -> (0)> step 0 {
        cmcore.fire
      }
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// for (C3): dimensions.

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    cmcore.context @c domain [4, 4] sends [] lcu {
      // expected-error @below {{(C3) expected a map (n, d0, d1) -> (...), found affine_map<(d0) -> (0)>}}
      cmcore.for 0 from affine_map<(d0) -> (0)> to affine_map<(n, d0, d1) -> (0)> step 1 {
        cmcore.fire
      }
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// for (C3): symbols.

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    cmcore.context @c domain [4, 4] sends [] lcu {
      // expected-error @below {{(C3) expected a map (n, d0, d1) -> (...), found affine_map<(d0, d1, d2)[s0] -> (s0)>}}
      cmcore.for 0 from affine_map<(n, d0, d1) -> (0)> to affine_map<(n, d0, d1)[s] -> (s)> step 1 {
        cmcore.fire
      }
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// for (C3): results.

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    cmcore.context @c domain [4, 4] sends [] lcu {
      // expected-error @below {{(C3) expected a map (n, d0, d1) -> (...), found affine_map<(d0, d1, d2) -> ()>}}
      cmcore.for 0 from affine_map<(n, d0, d1) -> (0)> to affine_map<(n, d0, d1) -> ()> step 1 {
        cmcore.fire
      }
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// for (C4).

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    cmcore.context @c domain [4, 4] sends [] lcu {
      cmcore.for 0 from affine_map<(n, d0, d1) -> (0)> to affine_map<(n, d0, d1) -> (0)> step 1 {
        // expected-error @below {{(C4) of cmcore.for: expected an LCU operation}}
        arith.constant 1 : i32
      }
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// guard (C3).

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    cmcore.context @c domain [4, 4] sends [] lcu {
      // expected-error @below {{(C3) expected a map (n, d0, d1) -> (...), found affine_map<(d0) -> (d0)>}}
      cmcore.guard affine_map<(n) -> (n)> {
        cmcore.fire
      }
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// guard (C4).

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    cmcore.context @c domain [4, 4] sends [] lcu {
      cmcore.guard affine_map<(n, d0, d1) -> (d0)> {
        // expected-error @below {{(C4) of cmcore.guard: expected an LCU operation}}
        arith.constant 1 : i32
      }
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// wait (C3): dimensions.

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    cmcore.context @c domain [4, 4] sends [] lcu {
      // expected-error @below {{(C3) expected a map (n, d0, d1) -> (...), found affine_map<() -> (1)>}}
      cmcore.wait route 0 affine_map<() -> (1)>
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// wait (C3): results.

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    cmcore.context @c domain [4, 4] sends [] lcu {
      // expected-error @below {{(C3) expected one threshold, found 2}}
      cmcore.wait route 0 affine_map<(n, d0, d1) -> (d0, d1)>
    } data {
      %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// pool (C1).

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    cmcore.context @c domain [4, 4] sends [] lcu {
      cmcore.fire
    } data {
      // expected-error @below {{(C1) expected kind max, average, global_average, reduce_mean or interpolate, found 'min'}}
      %0 = cmcore.pool "min" @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// pool (C2).

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    cmcore.context @c domain [4, 4] sends [] lcu {
      cmcore.fire
    } data {
      // expected-error @below {{(C2) expected scales and zero points of an average}}
      %0 = cmcore.pool "average" @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> {x_scale = 1.0 : f32} : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// (C3) of a program.

// expected-error @below {{(C3) expected a release interval of 1 to 68719476736 cycles, found 0}}
cmcore.program @net machine 0 release_interval 0 {
}

// -----

// (C3) of a program.

// expected-error @below {{(C3) expected a release interval of 1 to 68719476736 cycles, found -1}}
cmcore.program @net machine 0 release_interval -1 {
}

// -----

// (C3) of a program.

// expected-error @below {{(C3) expected a release interval of 1 to 68719476736 cycles, found 1099511627777}}
cmcore.program @net machine 0 release_interval 1099511627777 {
}

// -----

// pool (C3).

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    cmcore.context @c domain [4, 4] sends [] lcu {
      cmcore.fire
    } data {
      // expected-error @below {{(C3) expected weights of an interpolation, and of nothing else}}
      %0 = cmcore.pool "max" @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> {x_weights = array<f32: 1.0>} : vector<4xi8>
      cmcore.send %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
    }
  }
}

// -----

// unit (C2).

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    // expected-error @below {{(C2) expected a row and a column from 0 to 65535, found [1]}}
    cmcore.unit @u crossbars [0] at [1] holds @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4]
  }
}

// -----

cmcore.program @net machine 0 release_interval 1 {
  cmcore.node 0 {
    // expected-error @below {{(C2) expected a row and a column from 0 to 65535, found [1, -1]}}
    cmcore.unit @u crossbars [0] at [1, -1] holds @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4]
  }
}
