package org.efficientzoo.blocks.analysis;

/**
 * The receptive field along one axis, in pixels of the input.
 *
 * @param size the pixels that one output looks at
 * @param jump the distance between the fields of two neighbouring outputs
 * @param start the centre of the field of the first output, 0.5 being the centre of the first pixel
 */
public record Field(long size, long jump, double start) {

    /** A pixel of the input itself. */
    static final Field PIXEL = new Field(1, 1, 0.5);

    /** The first pixel of the first output's field; below 0 where it lies in the padding. */
    public long first() {
        return Math.round(start - size / 2.0);
    }

    Field behind(long kernel, long stride, long padding) {
        long reach = (kernel - 1) * jump;
        return new Field(size + reach, jump * stride, start + reach / 2.0 - padding * jump);
    }

    Field overAll(long outputs) {
        long reach = (outputs - 1) * jump;
        return new Field(size + reach, jump * outputs, start + reach / 2.0);
    }

    Field union(Field other) {
        if (jump != other.jump) {
            throw new IllegalArgumentException(
                    "joined maps must have one jump, found " + jump + " and " + other.jump);
        }
        long from = Math.min(first(), other.first());
        long to = Math.max(first() + size, other.first() + other.size);
        return new Field(to - from, jump, (from + to) / 2.0);
    }
}
