package org.efficientzoo.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.efficientzoo.reference.JsonVariants;
import org.efficientzoo.training.data.DataFingerprint;
import org.efficientzoo.zoo.file.SpecialFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files in which a run says of itself what it needs later. */
class EnvironmentTest {

    private static final Environment.Session SESSION =
            new Environment.Session(
                    "2026-01-02T03:04:05Z",
                    7,
                    "1",
                    "2.7.1",
                    "0.36.0",
                    "cpu()",
                    "17",
                    "Linux amd64",
                    2,
                    "all",
                    1,
                    "none",
                    "plain");
    private static final Environment ENVIRONMENT =
            new Environment(
                    "PyTorch",
                    "/data",
                    new DataFingerprint(2, 4, 2, 99, "ab"),
                    null,
                    null,
                    3,
                    List.of(SESSION));

    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("environment.json");
    }

    @Test
    void isReadBack() throws IOException {
        ENVIRONMENT.write(file());
        assertThat(Environment.read(file())).isEqualTo(ENVIRONMENT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "engine | engine must be there, found none",
                "data | data must be there, found none",
                "fingerprint | fingerprint must be there, found none",
                "sessions | sessions must be there, found none"
            })
    void namesTheFileAndWhatItLacks(String key, String rule) throws IOException {
        ENVIRONMENT.write(file());
        JsonObject json = JsonParser.parseString(Files.readString(file())).getAsJsonObject();
        json.add(key, JsonNull.INSTANCE);
        Files.writeString(file(), json.toString());
        assertThatThrownBy(() -> Environment.read(file()))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(file() + " is not what a run writes: " + rule);
        json.remove(key);
        Files.writeString(file(), json.toString());
        assertThatThrownBy(() -> Environment.read(file())).hasMessageEndingWith(rule);
    }

    /** Each value is once missing, null and of every other type. */
    @Test
    void isReadOrRefusedInOneLineWhateverStandsInIt() throws IOException {
        ENVIRONMENT.write(file());
        JsonElement sound = JsonParser.parseString(Files.readString(file()));
        List<String> variants = JsonVariants.of(sound);
        assertThat(variants).hasSizeGreaterThan(100);
        for (String text : variants) {
            Files.writeString(file(), text);
            try {
                Environment read = Environment.read(file());
                assertThat(read.difference(SESSION)).isNotNull();
            } catch (IOException e) {
                assertThat(e.getMessage()).startsWith(file().toString()).doesNotContain("\n");
            }
        }
    }

    @Test
    void positionsAreReadOrRefusedWhateverStandsInThem() {
        assertThat(Position.of(Position.START.json())).isEqualTo(Position.START);
        List<String> variants = JsonVariants.of(JsonParser.parseString(Position.START.json()));
        assertThat(variants).hasSizeGreaterThan(50);
        for (String text : variants) {
            try {
                assertThat(Position.of(text).steps()).isNotNegative();
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage())
                        .startsWith("the position of a run: ")
                        .doesNotContain("\n");
            }
        }
    }

    @Test
    @Timeout(60) // a pipe would be waited for
    void isRefusedWhereItIsADevice() throws IOException {
        SpecialFiles.endless(file());
        assertThatThrownBy(() -> Environment.read(file()))
                .hasMessage(file() + " must be a regular file, found a pipe or device");
    }
}
