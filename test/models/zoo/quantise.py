"""Quantises a float model as users do: onnxruntime.quantization.quantize_static."""

import logging

from onnxruntime.quantization import (CalibrationDataReader, QuantFormat, QuantType,
                                      quantize_static)

from .samples import sample

FORMS = {"qoperator": QuantFormat.QOperator, "qdq": QuantFormat.QDQ}
TYPES = {"int8": QuantType.QInt8, "uint8": QuantType.QUInt8}
CALIBRATION = 4  # samples
CALIBRATION_SEED = 1000


class Reader(CalibrationDataReader):
    """The calibration samples, one after the other."""

    def __init__(self, inputs):
        self.inputs = inputs
        self.seeds = iter(range(CALIBRATION_SEED, CALIBRATION_SEED + CALIBRATION))

    def get_next(self):
        seed = next(self.seeds, None)
        return None if seed is None else sample(self.inputs, seed)


def quantise(spec, network, source, form, path):
    """Writes the model of file `source` in one of the two forms to `path`."""
    logging.getLogger().setLevel(logging.ERROR)  # advice on preprocessing
    quantize_static(
        source, path, Reader(network.inputs), quant_format=FORMS[form],
        activation_type=TYPES[spec.activation], weight_type=TYPES[spec.weight],
        per_channel=spec.per_channel, nodes_to_exclude=network.in_float)
