package org.efficientzoo.reference;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class FormulaTest {

    @Test
    void givesTheBitsOfTheReferenceVectors() {
        List<JsonObject> vectors =
                References.objects(References.json("formula_vectors.json").get("vectors"));
        assertThat(vectors).isNotEmpty();
        for (JsonObject vector : vectors) {
            String name = vector.get("name").getAsString();
            long salt = vector.get("salt").getAsLong();
            Shape shape = References.shape(vector.get("shape"));
            String kind = vector.get("kind").getAsString().toUpperCase(Locale.ROOT);
            double scale = vector.get("scale").getAsDouble();

            assertThat(Formula.seed(name, salt))
                    .isEqualTo(Long.parseUnsignedLong(vector.get("seed_hex").getAsString(), 16));
            float[] values = Formula.values(name, shape, salt, Formula.Kind.valueOf(kind), scale);
            JsonArray bits = vector.get("first6_bits_hex").getAsJsonArray();
            for (int i = 0; i < bits.size(); i++) {
                assertThat(Float.floatToRawIntBits(values[i]))
                        .as("%s element %d", name, i)
                        .isEqualTo(Integer.parseUnsignedInt(bits.get(i).getAsString(), 16));
            }
        }
    }
}
