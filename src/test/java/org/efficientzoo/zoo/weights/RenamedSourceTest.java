package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.TestModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenamedSourceTest {

    @TempDir private Path folder;

    private static Formula formula() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("b.weight", new Shape(2, 3));
        shapes.put("a.bias", new Shape(2));
        return new Formula(shapes, 1, List.of());
    }

    @Test
    void hasTheSameTensorsUnderOtherNamesInTheirOrder() throws IOException {
        try (Formula formula = formula();
                RenamedSource renamed = new RenamedSource(formula, name -> "new." + name)) {
            assertThat(renamed.tensors().keySet()).containsExactly("new.b.weight", "new.a.bias");
            assertThat(renamed.tensors().get("new.b.weight"))
                    .isEqualTo(formula.tensors().get("b.weight"));
            assertThat(renamed.read("new.a.bias")).isEqualTo(formula.read("a.bias"));
            assertThat(renamed.description()).isEqualTo(formula.description());
            assertThat(renamed.metadata()).isEqualTo(formula.metadata());
        }
    }

    @Test
    void refusesTwoTensorsOfOneName() {
        Formula formula = formula();
        assertThatThrownBy(() -> new RenamedSource(formula, name -> "same"))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("the tensors b.weight and a.bias of the formula both mean same");
    }

    @Test
    void refusesATensorUnderItsOldName() throws IOException {
        try (RenamedSource renamed = new RenamedSource(formula(), name -> "new." + name)) {
            assertThatThrownBy(() -> renamed.read("a.bias"))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("there is no tensor a.bias in the formula");
        }
    }

    @Test
    void closesWhatItRenames() throws IOException {
        Path file = TestModels.write(formula(), folder.resolve("w.safetensors"));
        SafetensorsFile source = SafetensorsFile.open(file);
        new RenamedSource(source, name -> name).close();
        assertThatThrownBy(() -> source.read("a.bias"))
                .isInstanceOf(java.nio.channels.ClosedChannelException.class);
    }
}
