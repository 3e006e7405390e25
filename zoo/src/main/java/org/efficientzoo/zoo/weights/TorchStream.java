package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.efficientzoo.zoo.weights.Pickled.Big;
import org.efficientzoo.zoo.weights.Pickled.Int;
import org.efficientzoo.zoo.weights.Pickled.Reference;
import org.efficientzoo.zoo.weights.Pickled.Sequence;
import org.efficientzoo.zoo.weights.Pickled.Text;

/**
 * The format of {@code torch.save} before PyTorch 1.6: pickles of a magic number, the protocol, the
 * system, the object and the keys of its storages, then each storage: the number of its elements in
 * 8 bytes, and the elements. All systems write them in little-endian order.
 */
final class TorchStream {

    static final Big MAGIC = new Big(new BigInteger("1950a86a20f9469cfc6c", 16));
    private static final Int PROTOCOL = new Int(1001);

    private TorchStream() {}

    static TorchContent read(FileBytes file) throws IOException {
        ByteBuffer bytes = file.range(0, Math.min(file.size(), TorchContent.LONGEST_PICKLE));
        if (!next(bytes).value().equals(MAGIC)) {
            throw new Malformed("it is a pickle that torch.save did not write");
        }
        if (!next(bytes).value().equals(PROTOCOL)) {
            throw new Malformed("its protocol must be 1001");
        }
        next(bytes); // sizes of C types on the system that wrote it
        PickleMachine.Result object = next(bytes);
        if (!(next(bytes).value() instanceof Sequence keys)) {
            throw new Malformed("it lacks the keys of its storages");
        }
        Map<String, StorageId> ids = new HashMap<>();
        for (Reference reference : object.references()) {
            StorageId id = StorageId.of(reference);
            StorageId before = ids.put(id.key(), id);
            if (before != null && before.elementBytes() != id.elementBytes()) {
                throw new Malformed("the storage %s has two types".formatted(id.key()));
            }
        }
        Map<String, Section> storages = new HashMap<>();
        long position = bytes.position();
        for (int i = 0; i < keys.size(); i++) {
            if (!(keys.get(i) instanceof Text key) || !ids.containsKey(key.value())) {
                throw new Malformed("it has a storage that no tensor uses");
            }
            int elementBytes = ids.get(key.value()).elementBytes();
            long elements = file.range(position, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
            position += 8;
            if (elements < 0 || elements > (file.size() - position) / elementBytes) {
                throw new Malformed(
                        "the storage %s must lie within the file, found %d elements from %d on"
                                .formatted(key.value(), elements, position));
            }
            Section section = Section.plain(position, elements * elementBytes);
            if (storages.put(key.value(), section) != null) {
                throw new Malformed("the storage %s is there twice".formatted(key.value()));
            }
            position += section.size();
        }
        return new TorchContent(object.value(), ByteOrder.LITTLE_ENDIAN, storages);
    }

    private static PickleMachine.Result next(ByteBuffer bytes) throws Malformed {
        return PickleMachine.read(bytes, TorchNames::isAllowed);
    }
}
