package org.efficientzoo.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.efficientzoo.training.report.EventReader.Event;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {

    private static final int VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int SESSION = 7;

    @TempDir private Path folder;

    @Test
    void recordsAreTensorBoardsBytes() {
        // From tensorboard 2.21.0, RecordWriter.write(Event(...).SerializeToString()).
        assertThat(hex(EventRecords.version(1700000000.25)))
                .isEqualTo(
                        "1800000000000000a37f4b220900001040fc54d9411a0d627261696e2e4576656e743a"
                                + "32338d2fe9");
        assertThat(hex(EventRecords.start(1700000000.25, 301)))
                .isEqualTo("100000000000000095fbfe180900001040fc54d94110ad023a020801cb79b93b");
        assertThat(hex(EventRecords.scalar(1700000000.25, 300, "loss/train", 0.1f)))
                .isEqualTo(
                        "2100000000000000017becf60900001040fc54d94110ac022a130a110a0a6c6f73732f"
                                + "747261696e15cdcccc3d7677bb0d");
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void aRunIsReadBackWhileItGoesOn() throws IOException {
        try (EventFile events = EventFile.starting(folder.resolve("new/run"))) {
            events.scalar("loss/train", 0, 1.5e9, 2.5f);
            events.scalar("Verlust/prüfen", 5_000_000_000L, 1.5e9 + 0.125, Float.NaN);

            assertThat(EventReader.read(events.file())).hasSize(4);
            events.scalar("lr", 5_000_000_000L, 1.5e9 + 1, -1e-30f);
            List<Event> read = EventReader.read(events.file());
            assertThat(read.get(0).what()).isEqualTo(VERSION);
            assertThat(read.get(0).text()).isEqualTo("brain.Event:2");
            assertThat(read.get(0).wallSeconds())
                    .isBetween(1.7e9, System.currentTimeMillis() / 1e3);
            assertThat(read.subList(2, 5))
                    .containsExactly(
                            new Event(1.5e9, 0, SUMMARY, "loss/train", 2.5f),
                            new Event(
                                    1.5e9 + 0.125,
                                    5_000_000_000L,
                                    SUMMARY,
                                    "Verlust/prüfen",
                                    Float.NaN),
                            new Event(1.5e9 + 1, 5_000_000_000L, SUMMARY, "lr", -1e-30f));
        }
    }

    @Test
    void sessionsStartWhereTheyGoOn() throws IOException {
        try (EventFile first = EventFile.starting(folder);
                EventFile second = EventFile.resuming(folder, 300)) {
            Event start = EventReader.read(first.file()).get(1);
            Event again = EventReader.read(second.file()).get(1);

            assertThat(List.of(start.what(), again.what())).containsOnly(SESSION);
            assertThat(List.of(start.text(), again.text())).containsOnly("START");
            assertThat(start.step()).isZero();
            assertThat(again.step()).as("the first step that is dropped").isEqualTo(301);
        }
    }

    @Test
    void laterFilesSortBehindEarlierOnes() throws IOException {
        Path ahead = folder.resolve("events.out.tfevents.7000000000.another-host");
        Files.createFile(ahead);
        Files.createFile(folder.resolve("events.out.tfevents.0000000005.old-host"));
        Files.createFile(folder.resolve("events.csv"));
        try (EventFile second = EventFile.starting(folder);
                EventFile third = EventFile.resuming(folder, 1)) {
            assertThat(second.file().getFileName().toString())
                    .matches("events\\.out\\.tfevents\\.7000000001\\.[A-Za-z0-9.-]+");
            assertThat(List.of(ahead, second.file(), third.file())).isSorted();
        }
    }

    @Test
    void refusesWhatIsNoPoint() throws IOException {
        try (EventFile events = EventFile.starting(folder)) {
            assertThatThrownBy(() -> events.scalar(" ", 1, 0, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a curve must have a name, found none");
            assertThatThrownBy(() -> events.scalar("loss", -1, 0, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a step must be at least 0, found -1");
            assertThat(EventReader.read(events.file())).hasSize(2);
        }
        assertThatThrownBy(() -> EventFile.resuming(folder, -7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a step must be at least 0, found -7");
    }

    @Test
    void saysWhichFileCannotBeWritten() throws IOException {
        EventFile events = EventFile.starting(folder);
        events.close();

        assertThatThrownBy(() -> events.scalar("loss", 1, 0, 0))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write %s: Stream Closed", events.file());
    }

    @Test
    void namesAFileWithMoreDigitsThanASecondHas() throws IOException {
        Path other =
                Files.createFile(folder.resolve("events.out.tfevents.12345678901234567890123.a"));
        assertThatThrownBy(() -> EventFile.starting(folder))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(other + " must be named after a second of at most 18 digits, found 23");
    }

    @Test
    void writesThroughNoLink() throws IOException {
        Path mine = Files.writeString(folder.resolve("mine"), "mine");
        Path run = Files.createDirectory(folder.resolve("run"));
        String name;
        try (EventFile first = EventFile.starting(run)) {
            name = first.file().getFileName().toString();
        }
        Files.delete(run.resolve(name));
        for (String linked : List.of(name, next(name, 1), next(name, 2))) {
            Files.createSymbolicLink(run.resolve(linked), mine);
        }
        EventFile.starting(run).close();
        assertThat(mine).hasContent("mine");
    }

    private static String next(String name, int seconds) {
        String second = name.split("\\.", -1)[3];
        return name.replace(second, "%010d".formatted(Long.parseLong(second) + seconds));
    }
}
