// What the program writer refuses.
// RUN: cm-opt %s --split-input-file --verify-diagnostics --cm-verify-program

// expected-error @below {{expected one cmcore.program in the module, found 0}}
module {
}

// -----

// Another attribute than a machine.

#one = #cmhw.machine<name = "one", clock_ghz = 1.0, core_types = [{name = "core", crossbar = {count = 2, rows = 64, cols = 64, mvm_cycles = 16}, dpu = {lanes = 16}, sram = {bytes = 65536, access_bytes = 16}}], topology = {all_to_all = {cores = 2}}, link = {width_bytes = 8}, io_nodes = [{name = "host", bytes_per_cycle = 16, attached_to = [0, 1]}]>
// expected-error @below {{expected a #cmhw.machine, found 0 : i64}}
module {
  cmnn.weight @w = dense<1> : tensor<4x4xi8>
  cmcore.program @net machine 0 release_interval 100 {
    cmcore.object @x : 1x1x4 i8
    cmcore.object @y : 1x1x4 i8
    cmcore.input @x node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.output @y node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.node 0 {
      cmcore.buffer @x at 0 <1 row>
      cmcore.unit @u crossbars [0] holds @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4]
      cmcore.context @s domain [1, 1] sends [1] lcu {
        cmcore.wait route 0 affine_map<(n, d0, d1) -> (n + 1)>
        cmcore.fire
      } data {
        %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
        %1 = cmcore.mvm %0, @u : vector<4xi8> -> vector<4xi32>
        %r = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.5>} : vector<4xi32> -> vector<4xi8>
        cmcore.send %r, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
      }
    }
    cmcore.node 2 {
      cmcore.context @in domain [1, 1] sends [0] input @x lcu {
        cmcore.wait route 0 reader 0 affine_map<(n, d0, d1) -> (n)>
        cmcore.fire
      } data {
      }
    }
    cmcore.route 0 over @x from 2 @in to 0 buffer @x links [3] readers [@s]
    cmcore.route 1 over @y from 0 @s to 2 links [2] readers []
  }
}

// -----

// A weight that is not there.

#one = #cmhw.machine<name = "one", clock_ghz = 1.0, core_types = [{name = "core", crossbar = {count = 2, rows = 64, cols = 64, mvm_cycles = 16}, dpu = {lanes = 16}, sram = {bytes = 65536, access_bytes = 16}}], topology = {all_to_all = {cores = 2}}, link = {width_bytes = 8}, io_nodes = [{name = "host", bytes_per_cycle = 16, attached_to = [0, 1]}]>
// expected-error @below {{expected the name of a cmnn.weight, found @absent}}
module {
  cmnn.weight @w = dense<1> : tensor<4x4xi8>
  cmcore.program @net machine #one release_interval 100 {
    cmcore.object @x : 1x1x4 i8
    cmcore.object @y : 1x1x4 i8
    cmcore.input @x node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.output @y node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.node 0 {
      cmcore.buffer @x at 0 <1 row>
      cmcore.unit @u crossbars [0] holds @absent groups 1 channels [0, 4] elements [0, 4] columns [0, 4]
      cmcore.context @s domain [1, 1] sends [1] lcu {
        cmcore.wait route 0 affine_map<(n, d0, d1) -> (n + 1)>
        cmcore.fire
      } data {
        %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
        %1 = cmcore.mvm %0, @u : vector<4xi8> -> vector<4xi32>
        %r = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.5>} : vector<4xi32> -> vector<4xi8>
        cmcore.send %r, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
      }
    }
    cmcore.node 2 {
      cmcore.context @in domain [1, 1] sends [0] input @x lcu {
        cmcore.wait route 0 reader 0 affine_map<(n, d0, d1) -> (n)>
        cmcore.fire
      } data {
      }
    }
    cmcore.route 0 over @x from 2 @in to 0 buffer @x links [3] readers [@s]
    cmcore.route 1 over @y from 0 @s to 2 links [2] readers []
  }
}

// -----

// Rows outside the weight.

#one = #cmhw.machine<name = "one", clock_ghz = 1.0, core_types = [{name = "core", crossbar = {count = 2, rows = 64, cols = 64, mvm_cycles = 16}, dpu = {lanes = 16}, sram = {bytes = 65536, access_bytes = 16}}], topology = {all_to_all = {cores = 2}}, link = {width_bytes = 8}, io_nodes = [{name = "host", bytes_per_cycle = 16, attached_to = [0, 1]}]>
// expected-error @below {{expected elements within the 4 of its channels, found [0, 5]}}
module {
  cmnn.weight @w = dense<1> : tensor<4x4xi8>
  cmcore.program @net machine #one release_interval 100 {
    cmcore.object @x : 1x1x4 i8
    cmcore.object @y : 1x1x4 i8
    cmcore.input @x node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.output @y node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.node 0 {
      cmcore.buffer @x at 0 <1 row>
      cmcore.unit @u crossbars [0] holds @w groups 1 channels [0, 4] elements [0, 5] columns [0, 4]
      cmcore.context @s domain [1, 1] sends [1] lcu {
        cmcore.wait route 0 affine_map<(n, d0, d1) -> (n + 1)>
        cmcore.fire
      } data {
        %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
        %1 = cmcore.mvm %0, @u : vector<4xi8> -> vector<4xi32>
        %r = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.5>} : vector<4xi32> -> vector<4xi8>
        cmcore.send %r, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
      }
    }
    cmcore.node 2 {
      cmcore.context @in domain [1, 1] sends [0] input @x lcu {
        cmcore.wait route 0 reader 0 affine_map<(n, d0, d1) -> (n)>
        cmcore.fire
      } data {
      }
    }
    cmcore.route 0 over @x from 2 @in to 0 buffer @x links [3] readers [@s]
    cmcore.route 1 over @y from 0 @s to 2 links [2] readers []
  }
}

// -----

// Columns outside the weight.

#one = #cmhw.machine<name = "one", clock_ghz = 1.0, core_types = [{name = "core", crossbar = {count = 2, rows = 64, cols = 64, mvm_cycles = 16}, dpu = {lanes = 16}, sram = {bytes = 65536, access_bytes = 16}}], topology = {all_to_all = {cores = 2}}, link = {width_bytes = 8}, io_nodes = [{name = "host", bytes_per_cycle = 16, attached_to = [0, 1]}]>
// expected-error @below {{expected columns within the 4 of @w, found [1, 5]}}
module {
  cmnn.weight @w = dense<1> : tensor<4x4xi8>
  cmcore.program @net machine #one release_interval 100 {
    cmcore.object @x : 1x1x4 i8
    cmcore.object @y : 1x1x4 i8
    cmcore.input @x node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.output @y node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.node 0 {
      cmcore.buffer @x at 0 <1 row>
      cmcore.unit @u crossbars [0] holds @w groups 1 channels [0, 4] elements [0, 4] columns [1, 5]
      cmcore.context @s domain [1, 1] sends [1] lcu {
        cmcore.wait route 0 affine_map<(n, d0, d1) -> (n + 1)>
        cmcore.fire
      } data {
        %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
        %1 = cmcore.mvm %0, @u : vector<4xi8> -> vector<4xi32>
        %r = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.5>} : vector<4xi32> -> vector<4xi8>
        cmcore.send %r, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
      }
    }
    cmcore.node 2 {
      cmcore.context @in domain [1, 1] sends [0] input @x lcu {
        cmcore.wait route 0 reader 0 affine_map<(n, d0, d1) -> (n)>
        cmcore.fire
      } data {
      }
    }
    cmcore.route 0 over @x from 2 @in to 0 buffer @x links [3] readers [@s]
    cmcore.route 1 over @y from 0 @s to 2 links [2] readers []
  }
}

// -----

// Channels outside the weight.

#one = #cmhw.machine<name = "one", clock_ghz = 1.0, core_types = [{name = "core", crossbar = {count = 2, rows = 64, cols = 64, mvm_cycles = 16}, dpu = {lanes = 16}, sram = {bytes = 65536, access_bytes = 16}}], topology = {all_to_all = {cores = 2}}, link = {width_bytes = 8}, io_nodes = [{name = "host", bytes_per_cycle = 16, attached_to = [0, 1]}]>
// expected-error @below {{expected channels within the 4 of @w, found [1, 5]}}
module {
  cmnn.weight @w = dense<1> : tensor<1x1x4x4xi8>
  cmcore.program @net machine #one release_interval 100 {
    cmcore.object @x : 1x1x4 i8
    cmcore.object @y : 1x1x4 i8
    cmcore.input @x node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.output @y node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.node 0 {
      cmcore.buffer @x at 0 <1 row>
      cmcore.unit @u crossbars [0] holds @w groups 1 channels [1, 5] elements [0, 4] columns [0, 4]
      cmcore.context @s domain [1, 1] sends [1] lcu {
        cmcore.wait route 0 affine_map<(n, d0, d1) -> (n + 1)>
        cmcore.fire
      } data {
        %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
        %1 = cmcore.mvm %0, @u : vector<4xi8> -> vector<4xi32>
        %r = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.5>} : vector<4xi32> -> vector<4xi8>
        cmcore.send %r, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
      }
    }
    cmcore.node 2 {
      cmcore.context @in domain [1, 1] sends [0] input @x lcu {
        cmcore.wait route 0 reader 0 affine_map<(n, d0, d1) -> (n)>
        cmcore.fire
      } data {
      }
    }
    cmcore.route 0 over @x from 2 @in to 0 buffer @x links [3] readers [@s]
    cmcore.route 1 over @y from 0 @s to 2 links [2] readers []
  }
}

// -----

// An input of no object.

#one = #cmhw.machine<name = "one", clock_ghz = 1.0, core_types = [{name = "core", crossbar = {count = 2, rows = 64, cols = 64, mvm_cycles = 16}, dpu = {lanes = 16}, sram = {bytes = 65536, access_bytes = 16}}], topology = {all_to_all = {cores = 2}}, link = {width_bytes = 8}, io_nodes = [{name = "host", bytes_per_cycle = 16, attached_to = [0, 1]}]>
// expected-error @below {{expected the name of an object, found @absent}}
module {
  cmnn.weight @w = dense<1> : tensor<4x4xi8>
  cmcore.program @net machine #one release_interval 100 {
    cmcore.object @x : 1x1x4 i8
    cmcore.object @y : 1x1x4 i8
    cmcore.input @absent node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.output @y node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.node 0 {
      cmcore.buffer @x at 0 <1 row>
      cmcore.unit @u crossbars [0] holds @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4]
      cmcore.context @s domain [1, 1] sends [1] lcu {
        cmcore.wait route 0 affine_map<(n, d0, d1) -> (n + 1)>
        cmcore.fire
      } data {
        %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
        %1 = cmcore.mvm %0, @u : vector<4xi8> -> vector<4xi32>
        %r = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.5>} : vector<4xi32> -> vector<4xi8>
        cmcore.send %r, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
      }
    }
    cmcore.node 2 {
      cmcore.context @in domain [1, 1] sends [0] input @x lcu {
        cmcore.wait route 0 reader 0 affine_map<(n, d0, d1) -> (n)>
        cmcore.fire
      } data {
      }
    }
    cmcore.route 0 over @x from 2 @in to 0 buffer @x links [3] readers [@s]
    cmcore.route 1 over @y from 0 @s to 2 links [2] readers []
  }
}

// -----

// A buffer of no object.

#one = #cmhw.machine<name = "one", clock_ghz = 1.0, core_types = [{name = "core", crossbar = {count = 2, rows = 64, cols = 64, mvm_cycles = 16}, dpu = {lanes = 16}, sram = {bytes = 65536, access_bytes = 16}}], topology = {all_to_all = {cores = 2}}, link = {width_bytes = 8}, io_nodes = [{name = "host", bytes_per_cycle = 16, attached_to = [0, 1]}]>
// expected-error @below {{expected the name of an object, found @absent}}
module {
  cmnn.weight @w = dense<1> : tensor<4x4xi8>
  cmcore.program @net machine #one release_interval 100 {
    cmcore.object @x : 1x1x4 i8
    cmcore.object @y : 1x1x4 i8
    cmcore.input @x node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.output @y node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.node 0 {
      cmcore.buffer @absent at 0 <1 row>
      cmcore.unit @u crossbars [0] holds @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4]
      cmcore.context @s domain [1, 1] sends [1] lcu {
        cmcore.wait route 0 affine_map<(n, d0, d1) -> (n + 1)>
        cmcore.fire
      } data {
        %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
        %1 = cmcore.mvm %0, @u : vector<4xi8> -> vector<4xi32>
        %r = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.5>} : vector<4xi32> -> vector<4xi8>
        cmcore.send %r, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
      }
    }
    cmcore.node 2 {
      cmcore.context @in domain [1, 1] sends [0] input @x lcu {
        cmcore.wait route 0 reader 0 affine_map<(n, d0, d1) -> (n)>
        cmcore.fire
      } data {
      }
    }
    cmcore.route 0 over @x from 2 @in to 0 buffer @x links [3] readers [@s]
    cmcore.route 1 over @y from 0 @s to 2 links [2] readers []
  }
}

// -----

// A result of no object.

#one = #cmhw.machine<name = "one", clock_ghz = 1.0, core_types = [{name = "core", crossbar = {count = 2, rows = 64, cols = 64, mvm_cycles = 16}, dpu = {lanes = 16}, sram = {bytes = 65536, access_bytes = 16}}], topology = {all_to_all = {cores = 2}}, link = {width_bytes = 8}, io_nodes = [{name = "host", bytes_per_cycle = 16, attached_to = [0, 1]}]>
// expected-error @below {{expected the name of an object, found @absent}}
module {
  cmnn.weight @w = dense<1> : tensor<4x4xi8>
  cmcore.program @net machine #one release_interval 100 {
    cmcore.object @x : 1x1x4 i8
    cmcore.object @y : 1x1x4 i8
    cmcore.input @x node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.output @y node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.node 0 {
      cmcore.buffer @x at 0 <1 row>
      cmcore.unit @u crossbars [0] holds @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4]
      cmcore.context @s domain [1, 1] sends [1] lcu {
        cmcore.wait route 0 affine_map<(n, d0, d1) -> (n + 1)>
        cmcore.fire
      } data {
        %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
        %1 = cmcore.mvm %0, @u : vector<4xi8> -> vector<4xi32>
        %r = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.5>} : vector<4xi32> -> vector<4xi8>
        cmcore.send %r, @absent <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
      }
    }
    cmcore.node 2 {
      cmcore.context @in domain [1, 1] sends [0] input @x lcu {
        cmcore.wait route 0 reader 0 affine_map<(n, d0, d1) -> (n)>
        cmcore.fire
      } data {
      }
    }
    cmcore.route 0 over @x from 2 @in to 0 buffer @x links [3] readers [@s]
    cmcore.route 1 over @y from 0 @s to 2 links [2] readers []
  }
}

// -----

// A gather from no buffer.

#one = #cmhw.machine<name = "one", clock_ghz = 1.0, core_types = [{name = "core", crossbar = {count = 2, rows = 64, cols = 64, mvm_cycles = 16}, dpu = {lanes = 16}, sram = {bytes = 65536, access_bytes = 16}}], topology = {all_to_all = {cores = 2}}, link = {width_bytes = 8}, io_nodes = [{name = "host", bytes_per_cycle = 16, attached_to = [0, 1]}]>
// expected-error @below {{expected the name of a buffer of the node, found @y}}
module {
  cmnn.weight @w = dense<1> : tensor<4x4xi8>
  cmcore.program @net machine #one release_interval 100 {
    cmcore.object @x : 1x1x4 i8
    cmcore.object @y : 1x1x4 i8
    cmcore.input @x node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.output @y node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.node 0 {
      cmcore.buffer @x at 0 <1 row>
      cmcore.unit @u crossbars [0] holds @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4]
      cmcore.context @s domain [1, 1] sends [1] lcu {
        cmcore.wait route 0 affine_map<(n, d0, d1) -> (n + 1)>
        cmcore.fire
      } data {
        %0 = cmcore.gather @y <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
        %1 = cmcore.mvm %0, @u : vector<4xi8> -> vector<4xi32>
        %r = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.5>} : vector<4xi32> -> vector<4xi8>
        cmcore.send %r, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
      }
    }
    cmcore.node 2 {
      cmcore.context @in domain [1, 1] sends [0] input @x lcu {
        cmcore.wait route 0 reader 0 affine_map<(n, d0, d1) -> (n)>
        cmcore.fire
      } data {
      }
    }
    cmcore.route 0 over @x from 2 @in to 0 buffer @x links [3] readers [@s]
    cmcore.route 1 over @y from 0 @s to 2 links [2] readers []
  }
}

// -----

// An MVM on no unit.

#one = #cmhw.machine<name = "one", clock_ghz = 1.0, core_types = [{name = "core", crossbar = {count = 2, rows = 64, cols = 64, mvm_cycles = 16}, dpu = {lanes = 16}, sram = {bytes = 65536, access_bytes = 16}}], topology = {all_to_all = {cores = 2}}, link = {width_bytes = 8}, io_nodes = [{name = "host", bytes_per_cycle = 16, attached_to = [0, 1]}]>
// expected-error @below {{expected the name of a unit of the node, found @v}}
module {
  cmnn.weight @w = dense<1> : tensor<4x4xi8>
  cmcore.program @net machine #one release_interval 100 {
    cmcore.object @x : 1x1x4 i8
    cmcore.object @y : 1x1x4 i8
    cmcore.input @x node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.output @y node 2 binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
    cmcore.node 0 {
      cmcore.buffer @x at 0 <1 row>
      cmcore.unit @u crossbars [0] holds @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4]
      cmcore.context @s domain [1, 1] sends [1] lcu {
        cmcore.wait route 0 affine_map<(n, d0, d1) -> (n + 1)>
        cmcore.fire
      } data {
        %0 = cmcore.gather @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
        %1 = cmcore.mvm %0, @v : vector<4xi8> -> vector<4xi32>
        %r = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.5>} : vector<4xi32> -> vector<4xi8>
        cmcore.send %r, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
      }
    }
    cmcore.node 2 {
      cmcore.context @in domain [1, 1] sends [0] input @x lcu {
        cmcore.wait route 0 reader 0 affine_map<(n, d0, d1) -> (n)>
        cmcore.fire
      } data {
      }
    }
    cmcore.route 0 over @x from 2 @in to 0 buffer @x links [3] readers [@s]
    cmcore.route 1 over @y from 0 @s to 2 links [2] readers []
  }
}
