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
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.efficientzoo.zoo.network.Networks;

/**
 * DJL's repository layout inside the jar. Nothing is copied into DJL's cache, so that nothing old
 * can be served from there.
 */
final class ClassPathRepository extends AbstractRepository {

    /** The version of the metadata that ships with this version of the zoo. */
    static final String VERSION = "0.1.0";

    private static final String ROOT = "/org/efficientzoo/models/";

    ClassPathRepository() {
        super("efficient-zoo", URI.create("classpath:" + ROOT));
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
    static InputStream open(String path) throws IOException {
        InputStream in = ClassPathRepository.class.getResourceAsStream(ROOT + path);
        if (in == null) {
            throw new IOException("the jar lacks its resource " + ROOT + path);
        }
        return in;
    }

    static Reader reader(String path) throws IOException {
        return new InputStreamReader(open(path), StandardCharsets.UTF_8);
    }

    @Override
    public boolean isRemote() {
        return false;
    }

    private static Metadata metadata(MRL mrl) throws IOException {
        try (Reader reader = reader(mrl.toURI() + "metadata.json")) {
            return JsonUtils.GSON.fromJson(reader, Metadata.class);
        }
    }

    /** The artifact that stands for the untrained network. */
    Artifact base(String name) throws IOException {
        return metadata(mrl(name)).getArtifacts().get(0);
    }

    @Override
    public Metadata locate(MRL mrl) throws IOException {
        Metadata metadata = metadata(mrl);
        metadata.setArtifacts(
                Weights.of(Networks.get(mrl.getArtifactId())).stream()
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
