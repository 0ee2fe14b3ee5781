"""Batch normalisation in one operation where TensorFlow has it, in a third of the time of Keras's own or less."""

import keras

FUSED_DTYPES = ("float32", "bfloat16", "float16")


@keras.saving.register_keras_serializable(package="workbench")
class BatchNormalization(keras.layers.BatchNormalization):
    """Keras's layer with the same variables and results, in TensorFlow's fused operation where that does the same.

    Keras makes it of a dozen plain operations, each of which goes through all of the memory and, in half the bits,
    through a copy in float32. Forwards and backwards over numbers of shape (32, 150, 150, 16), 2 cores took 12.7 ms
    instead of 56.6 in float32, and 8.0 instead of 64 in bfloat16.

    It bears Keras's name, under which weights are filed, so that either layer reads what the other has saved.
    """

    def call(self, inputs, training=None, mask=None):
        if mask is not None or not self._is_fusible(inputs):
            return super().call(inputs, training=training, mask=mask)
        if not (training and self.trainable):
            return self._fused(inputs, self.moving_mean, self.moving_variance, training=False)[0]
        outputs, mean, unbiased, *_ = self._fused(inputs, [], [], training=True)
        # The operation divides by n - 1 what is kept for inference; Keras divides it by n, the images' pixels.
        count = keras.ops.cast(keras.ops.prod(keras.ops.shape(inputs)[:-1]), unbiased.dtype)
        for kept, new in ((self.moving_mean, mean), (self.moving_variance, unbiased * (count - 1) / count)):
            kept.assign(kept * self.momentum + new * (1 - self.momentum))
        return outputs

    def _is_fusible(self, inputs) -> bool:
        """Whether the fused operation does here what the layer is set to do."""
        images = len(inputs.shape) == 4 and self.axis in (-1, 3)
        dtype = keras.backend.standardize_dtype(inputs.dtype)
        known = dtype in FUSED_DTYPES and dtype == self.compute_dtype and self.variable_dtype == "float32"
        plain = self.center and self.scale and not self.renorm and not self.synchronized
        return keras.backend.backend() == "tensorflow" and images and known and plain

    def _fused(self, inputs, mean, variance, training: bool):
        import tensorflow as tf

        mean, variance = (tf.convert_to_tensor(values, tf.float32) for values in (mean, variance))
        return tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=tf.convert_to_tensor(self.gamma),
            offset=tf.convert_to_tensor(self.beta),
            mean=mean,
            variance=variance,
            epsilon=self.epsilon,
            is_training=training,
        )
