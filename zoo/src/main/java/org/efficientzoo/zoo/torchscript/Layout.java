package org.efficientzoo.zoo.torchscript;

import ai.djl.ndarray.NDManager;

/** How the maps of a script lie in memory; their shape is (N, C, H, W) either way. */
enum Layout {
    /** A plane a channel. */
    CHANNELS_FIRST,
    /**
     * The channels of a pixel together, for which PyTorch's convolutions on a processor need not
     * bring their operands into another order and back.
     */
    CHANNELS_LAST;

    /** What suits the device of a manager. */
    static Layout of(NDManager manager) {
        return manager.getDevice().isGpu() ? CHANNELS_FIRST : CHANNELS_LAST;
    }
}
