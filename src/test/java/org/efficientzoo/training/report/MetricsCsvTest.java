package org.efficientzoo.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.efficientzoo.zoo.file.SmallFile;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsCsvTest {

    private static final List<String> HEADER = List.of("step", "loss", "note");

    @TempDir private Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("metrics.csv");
    }

    @Test
    void rowsAreReadBack() throws IOException {
        MetricsCsv table = new MetricsCsv(file, HEADER);
        table.append(Map.of("note", "a, \"b\" ü", "step", 3_000_000_000L, "loss", 0.1 + 0.2));
        table.append(Map.of("step", 4, "loss", Float.NaN));

        assertThat(file)
                .hasContent(
                        """
                        step,loss,note
                        3000000000,0.30000000000000004,"a, ""b"" ü"
                        4,NaN,
                        """);
        assertThat(table.rows())
                .containsExactly(
                        Map.of(
                                "step", "3000000000",
                                "loss", "0.30000000000000004",
                                "note", "a, \"b\" ü"),
                        Map.of("step", "4", "loss", "NaN", "note", ""));
        assertThat(table.rows().get(0).keySet()).containsExactlyElementsOf(HEADER);
    }

    @Test
    void numbersAreTheSameInEveryLanguage() throws IOException {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            new MetricsCsv(file, HEADER).append(Map.of("step", 12345, "loss", 12345.5));
        } finally {
            Locale.setDefault(before);
        }
        assertThat(file).hasContent("step,loss,note\n12345,12345.5,\n");
    }

    @Test
    void aTableGoesOnWhereItEnded() throws IOException {
        new MetricsCsv(file, HEADER).append(Map.of("step", 1));
        MetricsCsv again = new MetricsCsv(file, HEADER);
        again.append(Map.of("step", 2));

        assertThat(again.rows()).extracting("step").containsExactly("1", "2");
    }

    @Test
    void aRunKilledAfterACheckpointAndResumedHasEachRowOnce() throws IOException {
        MetricsCsv table = new MetricsCsv(file, HEADER);
        table.append(Map.of("step", 10, "note", "größer"));
        table.append(Map.of("step", 20, "note", "größer"));
        int atCheckpoint = (int) Files.size(file);
        table.append(Map.of("step", 30, "note", "größer"));
        table.append(Map.of("step", 40, "note", "größer"));
        byte[] whole = Files.readAllBytes(file);
        for (int length = atCheckpoint; length <= whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            MetricsCsv resumed = new MetricsCsv(file, HEADER);
            resumed.truncateAfter("step", 20);
            resumed.append(Map.of("step", 30, "note", "größer"));
            resumed.append(Map.of("step", 40, "note", "größer"));

            assertThat(Files.readAllBytes(file)).as("cut at %d", length).isEqualTo(whole);
        }
    }

    @Test
    void halfALineIsNoRow() throws IOException {
        Files.writeString(file, "step,loss,note\n1,0.5,\n2,0.2");
        assertThat(MetricsCsv.read(file)).extracting("step").containsExactly("1");

        new MetricsCsv(file, HEADER).append(Map.of("step", 2, "loss", 0.25));
        assertThat(file).hasContent("step,loss,note\n1,0.5,\n2,0.25,\n");
    }

    @Test
    void anEmptyFileGetsItsHeader() throws IOException {
        Files.createFile(file);
        assertThat(new MetricsCsv(file, HEADER).rows()).isEmpty();
        assertThat(file).hasContent("step,loss,note\n");
    }

    @Test
    void linesOfWindowsAreReadToo() throws IOException {
        Files.writeString(file, "step,loss,note\r\n1,0.5,x\r\n");
        assertThat(new MetricsCsv(file, HEADER).rows()).extracting("note").containsExactly("x");
    }

    @Test
    void refusesTheTableOfAnotherRun() throws IOException {
        Files.writeString(file, "epoch,loss\n1,2\n");
        assertThatThrownBy(() -> new MetricsCsv(file, HEADER))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "%s has other columns than this run, found epoch,loss, expected"
                                + " step,loss,note; move it away",
                        file);
        assertThat(file).hasContent("epoch,loss\n1,2\n");

        Files.writeString(file, "no table");
        assertThatThrownBy(() -> new MetricsCsv(file, HEADER))
                .isInstanceOf(IOException.class)
                .hasMessage("%s must begin with a line of column names, found none", file);
    }

    @Test
    void refusesRowsThatDoNotFit() throws IOException {
        Files.writeString(file, "step,loss,note\n1,0.5\n");
        assertThatThrownBy(() -> new MetricsCsv(file, HEADER))
                .isInstanceOf(IOException.class)
                .hasMessage("line 2 of %s must have 3 cells, found 2", file);

        Files.writeString(file, "step,loss,note\none,0.5,\n");
        assertThatThrownBy(() -> new MetricsCsv(file, HEADER).truncateAfter("step", 1))
                .isInstanceOf(IOException.class)
                .hasMessage("a row of %s must have a whole number as its step, found 'one'", file);
    }

    @Test
    void refusesCellsThatHaveNoPlace() throws IOException {
        MetricsCsv table = new MetricsCsv(file, HEADER);
        assertThatThrownBy(() -> table.append(Map.of("step", 1, "top1", 0.5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown column top1; the table has step, loss, note");
        assertThatThrownBy(() -> table.append(Map.of("note", "two\nlines")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a cell must be one line, found a line break after 'two'");
        assertThatThrownBy(() -> table.append(Map.of("note", "return\r")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(table.rows()).isEmpty();
        assertThatThrownBy(() -> new MetricsCsv(file, List.of("step", "step")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a table must have columns of different names, found [step, step]");
    }

    @Test
    void refusesToCutByAColumnThatIsNotThere() throws IOException {
        MetricsCsv table = new MetricsCsv(file, List.of("epoch", "loss"));
        assertThatThrownBy(() -> table.truncateAfter("step", 1))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown column step; the table has epoch, loss");
    }

    @Test
    void refusesATableThatIsTooLarge() throws IOException {
        Path file = folder.resolve("metrics.csv");
        Files.write(file, new byte[SmallFile.MOST + 1]);
        assertThatThrownBy(() -> MetricsCsv.read(file))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(file + " must have at most 16 MiB, found 16777217 bytes");
        assertThatThrownBy(() -> new MetricsCsv(file, List.of("epoch")))
                .hasMessageContaining("must have at most 16 MiB");
    }

    @Test
    void saysWhyARowCannotBeWritten() throws IOException {
        Path full = Path.of("/dev/full");
        if (!Files.isWritable(full)) {
            System.out.println("Skipped: this system has no /dev/full");
            Assumptions.abort("this system has no /dev/full");
        }
        Path file = folder.resolve("metrics.csv");
        MetricsCsv table = new MetricsCsv(file, List.of("epoch"));
        Files.delete(file);
        Files.createSymbolicLink(file, full);
        assertThatThrownBy(() -> table.append(Map.of("epoch", 1)))
                .hasMessage("cannot write " + file + ": No space left on device");
    }
}
