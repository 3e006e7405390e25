package org.efficientzoo.zoo.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sha256Test {

    private static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir private Path folder;

    private Path file(String text, Instant changed) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), text);
        return Files.setLastModifiedTime(file, FileTime.from(changed));
    }

    private static String hash(String text) {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void isRememberedAsLongAsSizeAndTimeStay() throws IOException {
        assertThat(Sha256.remembered(file("one", THEN))).isEqualTo(hash("one"));
        assertThat(Sha256.remembered(file("two", THEN)))
                .as("not read again")
                .isEqualTo(hash("one"));
        assertThat(Sha256.remembered(file("two", THEN.plusSeconds(1)))).isEqualTo(hash("two"));
        assertThat(Sha256.remembered(file("three", THEN.plusSeconds(1)))).isEqualTo(hash("three"));
    }

    @Test
    void isNotRememberedOfAFileThatMayChangeWithinAStepOfTheClock() throws IOException {
        Instant now = Instant.now().plusSeconds(60);
        assertThat(Sha256.remembered(file("one", now))).isEqualTo(hash("one"));
        assertThat(Sha256.remembered(file("two", now))).isEqualTo(hash("two"));
    }
}
