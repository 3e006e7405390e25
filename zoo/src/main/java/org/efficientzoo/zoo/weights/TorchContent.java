package org.efficientzoo.zoo.weights;

import java.nio.ByteOrder;
import java.util.Map;

/**
 * What {@code torch.save} wrote, in whichever format.
 *
 * @param root the object that was saved
 * @param order the byte order of the storages
 * @param storages the storages by key
 */
record TorchContent(Pickled root, ByteOrder order, Map<String, Section> storages) {

    /** The longest pickle that is read; that of a thousand tensors takes 0.1 MiB. */
    static final long LONGEST_PICKLE = 64 << 20;
}
