package org.efficientzoo.blocks.analysis;

/** What counts as a multiply-accumulate; a number of MACs means nothing without it. */
public enum Convention {

    /**
     * Convolutions and linear layers alone, an addition of a bias not counted: torchvision's
     * numbers, and what papers call multiply-adds.
     */
    CONV_LINEAR("convolution and linear layers, without bias (torchvision's convention)"),

    /**
     * The rule of the profiler THOP until June 2022: a convolution's bias is one operation an
     * output element, that of a linear layer none, a batch norm four an element, an average pooling
     * one an output element, a global one the window and one more; activations, max pooling and
     * additions count nothing.
     */
    THOP("THOP's convention: with bias, batch norm (4 an element) and average pooling");

    private final String description;

    Convention(String description) {
        this.description = description;
    }

    /**
     * The sentence shown beside a number.
     *
     * @return the description
     */
    public String description() {
        return description;
    }
}
