package org.efficientzoo.zoo;

import ai.djl.Application;
import ai.djl.repository.AbstractRepository;
import ai.djl.repository.Artifact;
import ai.djl.repository.MRL;
import ai.djl.repository.Metadata;
import ai.djl.util.JsonUtils;
import ai.djl.util.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.SafetensorsFile;

/**
 * DJL's repository layout inside the jar. Nothing is copied into DJL's cache, so that nothing old
 * can be served from there.
 */
final class ClassPathRepository extends AbstractRepository {

    /** The version of the metadata that ships with this version of the zoo. */
    static final String VERSION = "0.1.0";

    private static final String ROOT = "/org/efficientzoo/models/";

    private final Function<String, InputStream> resources;

    ClassPathRepository() {
        this(ClassPathRepository.class::getResourceAsStream);
    }

    /**
     * A repository anywhere.
     *
     * @param resources opens the resource of an absolute name; gives null where there is none
     */
    ClassPathRepository(Function<String, InputStream> resources) {
        super("efficient-zoo", URI.create("classpath:" + ROOT));
        this.resources = resources;
    }

    MRL mrl(String name) {
        return MRL.model(
                this,
                Application.CV.IMAGE_CLASSIFICATION,
                EfficientModelZoo.GROUP_ID,
                name,
                null,
                null);
    }

    /** Opens a file below {@code models/}. */
    private InputStream open(String path) throws IOException {
        InputStream in = resources.apply(ROOT + path);
        if (in == null) {
            throw new IOException("the jar lacks its resource " + ROOT + path);
        }
        return in;
    }

    Reader reader(String path) throws IOException {
        return new InputStreamReader(open(path), StandardCharsets.UTF_8);
    }

    @Override
    public boolean isRemote() {
        return false;
    }

    private static String folder(MRL mrl) {
        return mrl.toURI().toString();
    }

    /** Opens the metadata of a network. */
    Reader metadata(String name) throws IOException {
        return metadata(mrl(name));
    }

    private Reader metadata(MRL mrl) throws IOException {
        return reader(folder(mrl) + "metadata.json");
    }

    /** What there is for a network: the untrained one, then the weights that ship with it. */
    List<ArtifactRow> artifacts(String name) throws IOException {
        try (Reader reader = metadata(name)) {
            return JsonUtils.GSON.fromJson(reader, ArtifactRow.Metadata.class).artifacts();
        }
    }

    /**
     * Reads weights that ship with the zoo into memory.
     *
     * @param weights weights of this repository
     * @return their tensors, which take no closing
     * @throws IOException if they do not have the size and the hash that the metadata names
     */
    SafetensorsFile read(Weights weights) throws IOException {
        ArtifactRow.Item item = item(weights);
        String path = path(weights, item);
        byte[] bytes;
        try (InputStream in = open(path)) {
            bytes = in.readNBytes(Math.toIntExact(item.size() + 1));
        }
        String hash = Sha256.of(bytes);
        if (bytes.length != item.size() || !hash.equals(item.sha256())) {
            throw new IOException(
                    "the resource %s%s of the jar must have %d bytes of the SHA-256 %s, found %d bytes%s of %s; get the jar anew"
                            .formatted(
                                    ROOT,
                                    path,
                                    item.size(),
                                    item.sha256(),
                                    bytes.length,
                                    bytes.length > item.size() ? " or more" : "",
                                    hash));
        }
        return SafetensorsFile.of(path, bytes);
    }

    /**
     * Where weights that ship with the zoo are.
     *
     * @param weights weights of this repository
     * @return their place; nothing where the resources are not those of the class path
     * @throws IOException if the metadata cannot be read
     */
    Optional<URL> url(Weights weights) throws IOException {
        String path = ROOT + path(weights, item(weights));
        return Optional.ofNullable(ClassPathRepository.class.getResource(path));
    }

    private ArtifactRow.Item item(Weights weights) throws IOException {
        return artifacts(weights.network()).stream()
                .filter(row -> row.properties().equals(weights.properties()))
                .findFirst()
                .flatMap(ArtifactRow::weights)
                .orElseThrow();
    }

    private String path(Weights weights, ArtifactRow.Item item) {
        return folder(mrl(weights.network())) + item.uri();
    }

    @Override
    public Metadata locate(MRL mrl) throws IOException {
        Metadata metadata;
        try (Reader reader = metadata(mrl)) {
            metadata = JsonUtils.GSON.fromJson(reader, Metadata.class);
        }
        metadata.setArtifacts(
                Weights.of(Networks.get(mrl.getArtifactId()), this).stream()
                        .map(Weights::artifact)
                        .toList());
        metadata.init(arguments);
        metadata.setRepositoryUri(mrl.toURI());
        return metadata;
    }

    @Override
    public Artifact resolve(MRL mrl, Map<String, String> filter) throws IOException {
        return locate(mrl).getArtifacts().stream()
                .filter(artifact -> artifact.hasProperties(filter))
                .findFirst()
                .orElse(null);
    }

    @Override
    public void prepare(Artifact artifact, Progress progress) {
        // the files are read where they are
    }

    @Override
    public List<MRL> getResources() {
        return Networks.all().stream().map(network -> mrl(network.name())).toList();
    }
}
