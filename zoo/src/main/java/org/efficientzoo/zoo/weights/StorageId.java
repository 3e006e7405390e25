package org.efficientzoo.zoo.weights;

import java.util.Optional;
import org.efficientzoo.zoo.weights.Pickled.Constant;
import org.efficientzoo.zoo.weights.Pickled.Global;
import org.efficientzoo.zoo.weights.Pickled.Int;
import org.efficientzoo.zoo.weights.Pickled.Reference;
import org.efficientzoo.zoo.weights.Pickled.Sequence;
import org.efficientzoo.zoo.weights.Pickled.Text;

/**
 * How a pickle names a storage: {@code ('storage', type, key, location, elements)} and, in old
 * files, a part of it: {@code (key of the part, offset, elements)}.
 *
 * @param type the type, such as {@code torch.FloatStorage}
 * @param key the key
 * @param elementBytes the bytes of an element
 * @param elements how many elements the whole storage has
 * @param view the part of it that is meant, where it is not the whole
 */
record StorageId(Global type, String key, int elementBytes, long elements, Optional<View> view) {

    /** A part of a storage, in elements. */
    record View(long offset, long elements) {}

    /** Reads a name. */
    static StorageId of(Reference reference) throws Malformed {
        if (reference.id() instanceof Sequence id
                && (id.size() == 5 || id.size() == 6)
                && id.get(0) instanceof Text what
                && what.value().equals("storage")
                && id.get(1) instanceof Global type
                && id.get(2) instanceof Text key
                && id.get(4) instanceof Int elements
                && elements.value() >= 0) {
            Optional<View> view = id.size() == 6 ? view(id.get(5)) : Optional.empty();
            int bytes = TorchNames.elementBytes(type);
            return new StorageId(type, key.value(), bytes, elements.value(), view);
        }
        throw new Malformed("its pickle refers to what is no storage");
    }

    private static Optional<View> view(Pickled value) throws Malformed {
        if (value == Constant.NONE) {
            return Optional.empty();
        }
        if (value instanceof Sequence view
                && view.size() == 3
                && view.get(1) instanceof Int offset
                && view.get(2) instanceof Int elements) {
            return Optional.of(new View(offset.value(), elements.value()));
        }
        throw new Malformed("its pickle has a part of a storage that is none");
    }

    /**
     * The section of the file that is meant.
     *
     * @param whole the section of the whole storage
     * @throws Malformed if it is of another size than is said here
     */
    Section of(Section whole) throws Malformed {
        // compared by a division, which cannot overflow
        if (whole.size() / elementBytes != elements || whole.size() % elementBytes != 0) {
            throw new Malformed(
                    "the storage %s must have %d elements of %d bytes, found %d bytes"
                            .formatted(key, elements, elementBytes, whole.size()));
        }
        if (view.isEmpty()) {
            return whole;
        }
        long offset = view.get().offset();
        long count = view.get().elements();
        if (offset < 0 || count < 0 || offset > elements - count) {
            throw new Malformed(
                    "the %d elements from %d on do not lie within the %d of the storage %s"
                            .formatted(count, offset, elements, key));
        }
        return Section.plain(whole.begin() + offset * elementBytes, count * elementBytes);
    }
}
