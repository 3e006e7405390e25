package org.efficientzoo.zoo.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteFileTest {

    private static final URI ADDRESS = URI.create("https://a.example/m/net-b0353104.pth?x=/y");

    @Test
    void isNamedAsItsAddressEnds() {
        assertThat(new RemoteFile(ADDRESS, "").name()).isEqualTo("net-b0353104.pth");
    }

    @Test
    void writesHashesInOneWay() {
        assertThat(new RemoteFile(ADDRESS, "B0353104").sha256()).isEqualTo("b0353104");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "../x", "a/b", "a\\b", ".part", "a b", "a:b", "é", "a\n"})
    void refusesNamesThatAreNoneEverywhere(String name) {
        assertThatThrownBy(() -> new RemoteFile(ADDRESS, name, "", OptionalLong.empty(), ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the name of a file must be letters, digits and . _ + -, found " + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"b035310", "b035310g", "sha256:b0353104"})
    void refusesHashesThatAreNone(String hash) {
        assertThatThrownBy(() -> new RemoteFile(ADDRESS, hash))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found " + hash);
        assertThatThrownBy(() -> new RemoteFile(ADDRESS, "0".repeat(65)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"ftp://a.example/x", "/x", "https:/x", "mailto:x", "file:x"})
    void refusesAddressesThatAreNone(URI address) {
        assertThatThrownBy(() -> new RemoteFile(address, "x", "", OptionalLong.empty(), ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must begin with https://, http:// or file:///, found");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void refusesSizesThatAreNone(long size) {
        assertThatThrownBy(() -> new RemoteFile(ADDRESS, "x", "", OptionalLong.of(size), ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the size of a file must be positive, found " + size);
    }
}
