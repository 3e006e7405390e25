package org.efficientzoo.zoo.torchscript;

/** How the maps of a script lie in memory; their shape is (N, C, H, W) either way. */
enum Layout {
    /** A plane a channel. */
    CHANNELS_FIRST,
    /**
     * The channels of a pixel together, for which PyTorch's convolutions on a processor need not
     * bring their operands into another order and back.
     */
    CHANNELS_LAST
}
