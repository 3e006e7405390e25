package org.efficientzoo.training.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AugmentationTest {

    private static final Gson GSON = new Gson();

    @Test
    void comesBackFromJsonAsItWas() {
        for (Augmentation augmentation :
                Set.of(Augmentation.imagenet(176), Augmentation.cifar10())) {
            String json = GSON.toJson(augmentation);

            assertThat(GSON.fromJson(json, Augmentation.class)).isEqualTo(augmentation);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cropWidth|0|a crop's sides must have 1 to 4096 pixels, found 0x224",
                "cropHeight|5000|a crop's sides must have 1 to 4096 pixels, found 224x5000",
                "crop|\"CENTER\"|crop must be given, found none",
                "scale|{\"min\":0,\"max\":1}|a range must have 0 < min <= max, found 0.0 to 1.0",
                "resize|-1|resize must lie within 0 and 4096, found -1",
                "padding|-1|padding must lie within 0 and 4096, found -1",
                "flip|1.5|flip must be a probability, 0 to 1, found 1.5",
                "policy|\"AUTO\"|policy must be given, found none",
                "jpeg|{\"probability\":2,\"least\":1,\"greatest\":9}|jpeg must be a probability, 0 to 1, found 2.0",
                "jpeg|{\"probability\":1,\"least\":0,\"greatest\":9}|the qualities of jpeg must have 1 <= least <= greatest <= 100, found 0 to 9",
                "jpeg|{\"probability\":1,\"least\":9,\"greatest\":8}|the qualities of jpeg must have 1 <= least <= greatest <= 100, found 9 to 8",
                "jpeg|{\"probability\":1,\"least\":9,\"greatest\":101}|the qualities of jpeg must have 1 <= least <= greatest <= 100, found 9 to 101",
                "mixup|-0.1|mixup must be a finite number of at least 0, found -0.1",
                "mean|[0.5]|mean must be 3 finite numbers, found [0.5]",
                "std|[0.2,0,0.2]|std must be 3 finite numbers other than 0, found [0.2, 0.0, 0.2]",
            })
    void refusesWhatCannotBe(String key, String value, String message) {
        JsonObject json = GSON.toJsonTree(Augmentation.imagenet(224)).getAsJsonObject();
        json.add(key, JsonParser.parseString(value));

        assertThatThrownBy(() -> GSON.fromJson(json, Augmentation.class))
                .rootCause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void refusesAMagnitudeThatRandAugmentDoesNotHave() {
        JsonObject json = GSON.toJsonTree(Augmentation.imagenet(224)).getAsJsonObject();
        json.addProperty("policy", "RAND");
        json.addProperty("policyOperations", 2);
        json.addProperty("policyMagnitude", 31);

        assertThatThrownBy(() -> GSON.fromJson(json, Augmentation.class))
                .rootCause()
                .hasMessage("policyMagnitude must lie within 0 and 30, found 31");
    }
}
