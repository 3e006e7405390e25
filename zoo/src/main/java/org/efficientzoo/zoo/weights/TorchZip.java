package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The zip format of {@code torch.save}, the default since PyTorch 1.6: in one folder of any name a
 * pickle {@code data.pkl}, the storages {@code data/KEY}, and since 2.0 their {@code byteorder}.
 */
final class TorchZip {

    private static final Pattern PICKLE = Pattern.compile("[^/]+/data\\.pkl");
    private static final int LONGEST_ORDER = 16;

    /** Other archives by a record that each has. */
    private static final Map<Pattern, String> OTHERS = new LinkedHashMap<>();

    static {
        String save = "; save a state_dict() with torch.save";
        put("coefficients\\.bin", "a model of Deeplearning4j" + save);
        put(".*\\.distcp", "a distributed checkpoint; make it one file with dcp_to_torch_save");
        put(
                "(.*/)?(archive_format|serialized_exported_program\\.json)",
                "a program of torch.export" + save);
        put("(.*/)?MAR-INF/MANIFEST\\.json", "an archive of TorchServe; unpack it first");
        put("(.*/)?serving\\.properties", "an archive of a DJL model; unpack it first");
        put(
                ".*\\.(pth|pt|bin|ckpt|safetensors|weights|params)",
                "a zip archive that holds %s; unpack it first");
        put(".*com\\.apple\\.CoreML/.*", "a model of Core ML" + save);
        put("(.*/)?model\\.weights\\.h5", "a model of Keras" + save);
        put(".*\\.npy", "an archive of NumPy arrays" + save);
    }

    private TorchZip() {}

    private static void put(String record, String what) {
        OTHERS.put(Pattern.compile(record), what);
    }

    static TorchContent read(FileBytes file) throws IOException {
        Map<String, Section> records = ZipDirectory.read(file);
        List<String> pickles =
                records.keySet().stream().filter(name -> PICKLE.matcher(name).matches()).toList();
        if (pickles.size() != 1 || records.containsKey(folder(pickles.get(0)) + "archive_format")) {
            throw new Malformed("it is " + other(records.keySet()));
        }
        String pickle = pickles.get(0);
        String folder = folder(pickle);
        if (records.containsKey(folder + "constants.pkl")) {
            throw new Malformed("it is a TorchScript archive; save a state_dict() alone");
        }
        long size = records.get(pickle).size();
        if (size > TorchContent.LONGEST_PICKLE) {
            throw new Malformed(
                    "its pickle must have at most %d bytes, found %d"
                            .formatted(TorchContent.LONGEST_PICKLE, size));
        }
        Pickled root =
                PickleMachine.read(file.section(records.get(pickle)), TorchNames::isAllowed)
                        .value();
        Map<String, Section> storages = new HashMap<>();
        String storage = folder + "data/";
        records.forEach(
                (name, section) -> {
                    if (name.startsWith(storage)) {
                        storages.put(name.substring(storage.length()), section);
                    }
                });
        return new TorchContent(root, order(file, records.get(folder + "byteorder")), storages);
    }

    private static String folder(String pickle) {
        return pickle.substring(0, pickle.indexOf('/') + 1);
    }

    /** What an archive is that has no pickle, and what to do with it. */
    private static String other(Set<String> records) {
        for (Map.Entry<Pattern, String> kind : OTHERS.entrySet()) {
            Optional<String> record =
                    records.stream().filter(kind.getKey().asMatchPredicate()).findFirst();
            if (record.isPresent()) {
                return kind.getValue().formatted(record.get());
            }
        }
        return "a zip archive that torch.save did not write";
    }

    private static ByteOrder order(FileBytes file, Section section) throws IOException {
        if (section == null) {
            return ByteOrder.LITTLE_ENDIAN; // before 2.0
        }
        String order = "";
        if (section.size() <= LONGEST_ORDER) {
            order = StandardCharsets.UTF_8.decode(file.section(section)).toString();
        }
        return switch (order) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default -> throw new Malformed("its byteorder must be little or big, found " + order);
        };
    }
}
