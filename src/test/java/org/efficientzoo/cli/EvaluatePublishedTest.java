package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.efficientzoo.zoo.TestFolders;
import org.efficientzoo.zoo.TestImages;
import org.efficientzoo.zoo.TestModels;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights that pass for published ones, for their publisher names no hash. */
class EvaluatePublishedTest {

    private static final String TAG = "lamb_in1k"; // of a MobileNetV2 of half the width
    private static final double WIDTH = 0.5;

    @TempDir private Path work;
    @TempDir private Path cache;

    private TestFolders folders;
    private Path weights;

    @BeforeEach
    void prepare() throws IOException {
        folders = new TestFolders(cache);
        NetworkOptions options = NetworkOptions.DEFAULT.withWidth(WIDTH);
        weights = TestModels.weights(work.resolve("w.safetensors"), TestModels.NAME, options, 1);
        TestImages.patches(work.resolve("val/n15075141/1.png"), 1);
    }

    @AfterEach
    void restore() {
        folders.close();
    }

    private void importAs(String tag, Object... more) {
        Object[] arguments = {
            "import", weights, "--model", TestModels.NAME, "--width", WIDTH, "--tag", tag
        };
        assertThat(Shell.run(join(arguments, more)).status()).isZero();
    }

    private Shell.Result evaluate(Object... more) {
        Object[] arguments = {"evaluate", work.resolve("val"), "--model", TestModels.NAME};
        return Shell.run(join(arguments, more));
    }

    private static Object[] join(Object[] first, Object... more) {
        Object[] all = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return all;
    }

    @Test
    void showsThePublishedFigures() {
        importAs(TAG);

        JsonObject document = evaluate("--weights", TAG, "--json").json().getAsJsonObject();

        assertThat(document.get("weights").getAsString()).isEqualTo(TAG);
        assertThat(document.get("published"))
                .hasToString(
                        "{\"tag\":\"lamb_in1k\",\"top1\":0.6595,\"top5\":0.86088,\"source\":\"timm\"}");
        assertThat(evaluate("--weights", TAG).out())
                .contains("%   published 65.95 %", "%   published 86.09 %");
    }

    @Test
    void showsNoneForWeightsThatArePublishedByNobody() {
        importAs("mine");
        importAs(TAG, "--stem-stride", 2); // another network than the publisher's

        for (Object[] chosen :
                new Object[][] {
                    {"--weights", "mine"},
                    {"--weights", TAG, "--stem-stride", 2},
                    {"--weights-file", weights, "--width", WIDTH}
                }) {
            JsonObject document = evaluate(join(chosen, "--json")).json().getAsJsonObject();
            assertThat(document.has("published")).as("%s", chosen[1]).isFalse();
        }
        assertThat(evaluate("--weights", "mine").out()).doesNotContain("published");
    }
}
