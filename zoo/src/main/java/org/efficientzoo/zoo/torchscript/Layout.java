package org.efficientzoo.zoo.torchscript;

/** How the maps of a script lie in memory; their shape is (N, C, H, W) either way. */
enum Layout {
    /** A plane a channel, as PyTorch makes tensors unless asked. */
    CHANNELS_FIRST("plain", "torch.contiguous(%s)"),
    /**
     * The channels of a pixel together, for which PyTorch's convolutions on a processor need not
     * bring their operands into another order and back.
     */
    CHANNELS_LAST("channels-last", "torch.contiguous(%s, memory_format=2)");

    private final String name;
    private final String conversion;

    Layout(String name, String conversion) {
        this.name = name;
        this.conversion = conversion;
    }

    /** The expression of a tensor in this layout. */
    String of(String tensor) {
        return conversion.formatted(tensor);
    }

    @Override
    public String toString() {
        return name;
    }
}
