package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.efficientzoo.Slow;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Slow
class BenchmarkCommandTest {

    private static final String[] SHORT = {
        "--size", "32", "--threads", "1", "--rounds", "2", "--round-seconds", "0", "--warm-up", "0"
    };

    @TempDir private Path folder;

    /** Options take the place of the short ones; a chart takes no size. */
    private static Shell.Result benchmark(Object... options) {
        List<Object> all = new ArrayList<>(List.of("benchmark"));
        all.addAll(List.of(options));
        for (int i = 0; i < SHORT.length; i += 2) {
            boolean sized = SHORT[i].equals("--size") && all.contains("--chart");
            if (!sized && !all.contains(SHORT[i])) {
                all.addAll(List.of(SHORT[i], SHORT[i + 1]));
            }
        }
        return Shell.run(all.toArray());
    }

    @Test
    void measuresEnginesAndBatchesSideBySide() throws IOException {
        Shell.Result result =
                benchmark(
                        "--model",
                        "squeezenet1_1",
                        "--engine",
                        "PyTorch,MXNet,OnnxRuntime",
                        "--plain",
                        "--int8",
                        "--batch",
                        "1,2",
                        "--json");
        assertThat(result.status()).as(result.err()).isZero();
        JsonArray rows = result.document().getAsJsonArray();
        List<String> found = new ArrayList<>();
        for (var element : rows) {
            JsonObject row = element.getAsJsonObject();
            String variant = row.has("variant") ? " " + row.get("variant").getAsString() : "";
            found.add(row.get("engine").getAsString() + variant);
            assertThat(row.get("model").getAsString()).isEqualTo("squeezenet1_1");
            assertThat(row.get("threads").getAsInt()).isEqualTo(1);
            double median = row.get("median_ms").getAsDouble();
            assertThat(median).isPositive();
            assertThat(row.get("p95_ms").getAsDouble()).isGreaterThanOrEqualTo(median);
            assertThat(row.get("images_per_second").getAsDouble() * median)
                    .isBetween(999.0 * row.get("batch").getAsInt(), 2001.0);
            assertThat(row.get("peak_mb").getAsDouble()).isGreaterThan(50);
        }
        List<String> each =
                List.of(
                        "PyTorch",
                        "PyTorch plain",
                        "MXNet",
                        "MXNet plain",
                        "OnnxRuntime",
                        "OnnxRuntime int8");
        assertThat(found).hasSize(12);
        assertThat(found.subList(0, 6)).isEqualTo(each);
        assertThat(found.subList(6, 12)).isEqualTo(each);
        for (int first : new int[] {0, 6}) {
            JsonObject row = rows.get(first).getAsJsonObject();
            assertThat(row.get("ratio").getAsDouble()).isEqualTo(1);
            assertThat(row.get("layout").getAsString()).isEqualTo("channels-last");
            assertThat(row.get("batch").getAsInt()).isEqualTo(first == 0 ? 1 : 2);
        }
    }

    @Test
    void drawsAChart() throws IOException {
        Path chart = folder.resolve("chart.png");
        Shell.Result result =
                benchmark("--model", "squeezenet1_1", "--engine", "OnnxRuntime", "--chart", chart);
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(ImageIO.read(chart.toFile()).getWidth()).isEqualTo(1500);
    }

    @Test
    void theChartHasTheBestResultPublishedForAWidth() {
        NetworkEntry network = Networks.get("mobilenet_v2");
        assertThat(EfficiencyPoints.published(network, 1).orElseThrow().top1()).isEqualTo(72.976);
        assertThat(EfficiencyPoints.published(network, 0.5).orElseThrow().top1()).isEqualTo(65.95);
        assertThat(EfficiencyPoints.published(network, 0.77)).isEmpty();
    }

    @Test
    void saysWhichContenderCannotBeRun() throws IOException {
        Path file = Files.writeString(folder.resolve("net.pt"), "no network");
        Shell.Result result =
                benchmark("--model", "squeezenet1_1", "--engine", "PyTorch", "--file", file);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("efficient-zoo: net.pt on PyTorch, file: ");
        assertThat(result.err()).doesNotContain("\tat ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--model squeezenet1_1 --engine Torch | unknown engine Torch; there is PyTorch, MXNet"
                        + " and OnnxRuntime",
                "--model squeezenet1_1 --file net.tflite | there is no model file net.tflite",
                "--model squeezenet1_1 --file pom.xml | a model file must end with .onnx or .pt"
                        + " (TorchScript), found pom.xml",
                "--model squeezenet1_1 --size 0 | an input must have at least 1x1 pixels, found 0x0",
                "--model squeezenet1_1 --size 8 | the input is too small, found (1, 128, 1, 1)"
                        + " before a pooling",
                "--model squeezenet1_1 --threads 0 | there must be a thread, found 0",
                "--model squeezenet1_1 --rounds 0 | there must be a round, found 0",
                "--model squeezenet1_1 --warm-up -1 | times must be 0 to 3600 seconds, found -1.0 and 0.0",
                "--model squeezenet1_1 --warm-up Infinity | times must be 0 to 3600 seconds, found"
                        + " Infinity and 0.0",
                "--model mobilnet_v2 | unknown network mobilnet_v2; did you mean mobilenet_v2 or"
                        + " mobilenet_v1 or resnet50?",
                "--model squeezenet1_1 --width 0.5 | squeezenet1_1 has no width multiplier,"
                        + " found width 0.5",
                "--model squeezenet1_1 --batch 0 | a batch must have an image, found 0",
                "--model squeezenet1_1 --chart /no/such/folder/c.png | there is no folder"
                        + " /no/such/folder; create it first",
                "--model shufflenet_v1_g1_x1_0 --chart c.png | a chart needs a network with a"
                        + " published accuracy, found none",
                "--model squeezenet1_1 --chart java | java is a directory; name a file in it",
            })
    void refusesWithOneLineBeforeAnythingIsMeasured(String options, String message) {
        List<Object> all = new ArrayList<>(List.of((Object[]) options.split(" ")));
        benchmark(all.toArray()).failed(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--chart c.png --size 64 | --chart shows networks as they were published, found"
                        + " --size beside it",
                "--chart c.png --stem-stride 2 | --chart shows networks as they were published,"
                        + " found --stem-stride beside it",
                "--chart c.png --leaky-slope 0.2 | --chart shows networks as they were published,"
                        + " found --leaky-slope beside it",
                "--engine PyTorch,MXNet --int8 | --int8 is for OnnxRuntime, found PyTorch, MXNet",
                "--engine onnxruntime --plain | --plain is for PyTorch and MXNet, found"
                        + " OnnxRuntime",
            })
    void refusesOptionsThatWouldChangeNothing(String options, String message) {
        List<Object> all = new ArrayList<>(List.of("--model", "mobilenet_v2"));
        all.addAll(List.of((Object[]) options.split(" ")));
        Shell.Result result = benchmark(all.toArray());
        assertThat(result.err().lines().findFirst().orElseThrow())
                .isEqualTo("efficient-zoo: " + message);
        assertThat(result.out()).isEmpty();
        assertThat(result.status()).isEqualTo(2);
    }
}
