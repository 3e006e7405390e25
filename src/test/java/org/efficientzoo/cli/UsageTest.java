package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.efficientzoo.cli.Shell.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the command line explains itself, and what it says to wrong usage. */
class UsageTest {

    @ParameterizedTest
    @CsvSource({
        "list, --json",
        "summary, --input --classes --thop --receptive-field --width --leaky-slope --stem-stride --json",
        "classify, --model --weights --dataset --weights-file --classes-file --classes --engine --top-k --json",
        "evaluate, --model --weights --dataset --weights-file --run --checkpoint --classes-file --engine --batch --workers --per-class --confusion --confusion-picture --json",
        "import, --model --tag --dataset --classes-file --half --top1 --top5 --source --license --document --repository --force --json",
        "export, --model --weights --weights-file --classes-file --classes --run --checkpoint --engine --format --half --[no-]fold --softmax --pixel-input --dynamic-size --external-weights --[no-]permute --int8 --calibrate --calibration-images --evaluate --max-drop --force-drop --force --json",
        "benchmark, --model --all --engine --plain --int8 --file --batch --size --threads --rounds --chart --json"
    })
    void eachCommandTellsItsOptions(String command, String options) {
        Result result = Shell.run(command, "--help");
        assertThat(result.status()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .startsWith("Usage: efficient-zoo " + command)
                .contains(options.split(" "))
                .contains("--help", "--verbose")
                .doesNotContain("${");
    }

    @Test
    void tellsItsCommands() {
        Result result = Shell.run("--help");
        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains(
                        "list",
                        "summary",
                        "classify",
                        "evaluate",
                        "export",
                        "benchmark",
                        "--version");
    }

    @Test
    void tellsItsVersion() {
        Result result = Shell.run("--version");
        assertThat(result.status()).isZero();
        assertThat(result.out()).startsWith("efficient-zoo ").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "list --frobnicate",
                "list more",
                "summary",
                "summary resnet50 resnet101",
                "summary resnet50 --classes ten",
                "summary mobilenet_v2 --width wide",
                "classify --model resnet50 --weights none",
                "classify photo.jpg",
                "classify photo.jpg --model",
                "classify photo.jpg --model resnet50 --weights none --weights-file f",
                "classify photo.jpg --model resnet50 --weights-file f --dataset cifar10",
                "classify photo.jpg --model resnet50 --weights none --top-k many",
                "evaluate",
                "evaluate --model resnet50 --weights none",
                "evaluate folder",
                "evaluate folder other --model resnet50 --weights none",
                "evaluate folder --model resnet50 --weights none --batch few",
                "evaluate folder --model resnet50 --weights none --checkpoint last",
                "evaluate folder --model resnet50 --weights none --confusion",
                "evaluate folder --run run --model resnet50",
                "evaluate folder --run run --weights none",
                "evaluate folder --run run --weights-file f",
                "evaluate folder --run run --width 0.5",
                "evaluate --run run --checkpoint middle",
                "train folder --output run",
                "export --model resnet50 --weights none --format pth",
                "export f --model resnet50 --weights none",
                "export f --model resnet50 --weights none --format",
                "export f --model resnet50 --weights none --format pth --half yes",
                "export f --format pth --weights none",
                "export f --format pth --run run --model resnet50",
                "export f --format pth --model resnet50 --weights none --softmax",
                "export f --format torchscript --model resnet50 --weights none --half",
                "export f --format safetensors --model resnet50 --weights none --no-fold"
            })
    void answersWrongUsageWithStatus2AndAHint(String line) {
        Object[] arguments = line.isEmpty() ? new Object[0] : line.split(" ");
        Result result = Shell.run(arguments);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        List<String> lines = result.err().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).startsWith("efficient-zoo: ");
        assertThat(lines.get(1))
                .startsWith("'efficient-zoo")
                .endsWith("--help' shows how it is used");
    }

    @Test
    void suggestsTheCommandThatWasMeant() {
        Result result = Shell.run("sumary", "resnet50");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("Did you mean").contains("summary");
    }

    @Test
    void showsNoStackTraceUnlessAskedTo() {
        Result quiet = Shell.run("summary", "nosuchnet");
        assertThat(quiet.err()).hasLineCount(1).doesNotContain("  at ");
        for (Result verbose :
                List.of(
                        Shell.run("summary", "nosuchnet", "--verbose"),
                        Shell.run("--verbose", "summary", "nosuchnet"))) {
            assertThat(verbose.status()).isEqualTo(1);
            assertThat(verbose.err())
                    .startsWith(quiet.err())
                    .contains("java.lang.IllegalArgumentException", "    at org.efficientzoo.");
        }
    }
}
