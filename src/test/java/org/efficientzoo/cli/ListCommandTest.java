package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.efficientzoo.cli.Shell.Result;
import org.efficientzoo.reference.References;
import org.efficientzoo.zoo.ModelCard;
import org.efficientzoo.zoo.Weights;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;

class ListCommandTest {

    private static List<JsonObject> rows() {
        List<JsonObject> rows = References.objects(Shell.run("list", "--json").json());
        assertThat(rows).hasSize(40);
        return rows;
    }

    @Test
    void printsADocumentWithTheKeysOfTheInterfaces() {
        for (JsonObject row : rows()) {
            assertThat(row.keySet())
                    .containsExactly("name", "family", "parameters", "macs", "input", "weights");
            for (JsonObject weights : References.objects(row.get("weights"))) {
                assertThat(weights.keySet())
                        .contains("tag", "dataset", "top1", "source", "available", "local")
                        .isSubsetOf(
                                "tag",
                                "dataset",
                                "top1",
                                "top5",
                                "source",
                                "width",
                                "license",
                                "available",
                                "local");
            }
        }
    }

    @Test
    void listsEveryNetworkInItsOrder() {
        assertThat(rows().stream().map(row -> row.get("name").getAsString()))
                .containsExactlyElementsOf(
                        Networks.all().stream().map(NetworkEntry::name).toList());
    }

    @Test
    void printsTheNumbersOfTheMetadata() {
        for (JsonObject row : rows()) {
            NetworkEntry network = Networks.get(row.get("name").getAsString());
            ModelCard card = ModelCard.of(network);
            assertThat(row.get("family").getAsString()).isEqualTo(network.family().title());
            assertThat(row.get("parameters").getAsLong()).isEqualTo(card.parameters());
            assertThat(row.get("macs").getAsLong()).isEqualTo(card.macs());
            List<JsonObject> weights = References.objects(row.get("weights"));
            long shipped = Weights.of(network).stream().filter(Weights::isShipped).count();
            assertThat(weights).hasSize(card.published().size() + (int) shipped);
            for (int i = 0; i < card.published().size(); i++) {
                assertThat(weights.get(i).get("dataset").getAsString()).isEqualTo("imagenet");
                assertThat(weights.get(i).get("tag").getAsString())
                        .isEqualTo(card.published().get(i).tag());
                assertThat(weights.get(i).get("top1").getAsDouble())
                        .isEqualTo(card.published().get(i).top1());
                assertThat(weights.get(i).has("top5"))
                        .isEqualTo(card.published().get(i).top5().isPresent());
            }
        }
    }

    @Test
    void printsATableWithALineForEachPublishedResult() {
        Result result = Shell.run("list");
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        List<String> lines = result.out().lines().toList();
        for (NetworkEntry network : Networks.all()) {
            ModelCard card = ModelCard.of(network);
            String numbers =
                    String.format(
                            Locale.ROOT,
                            "%s.* %,d +%,d ",
                            network.name(),
                            card.parameters(),
                            card.macs());
            assertThat(lines).filteredOn(line -> line.matches(numbers + ".*")).hasSize(1);
        }
        assertThat(lines)
                .filteredOn(line -> line.endsWith("  to fetch  imagenet1k_v2 (torchvision)"))
                .hasSize(6);
        assertThat(lines)
                .contains(
                        "MACs: convolution and linear layers, without bias (torchvision's convention)",
                        "Top-1, Top-5: as published, percent of the data set's validation or test"
                                + " images; imagenet is ImageNet-1k");
        assertThat(lines).noneMatch(line -> line.endsWith(" "));
    }

    @Test
    void printsNumbersAlikeInEveryLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            Result result = Shell.run("list");
            assertThat(result.out()).contains(" 1,248,424 ", " 58.092 ");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void isAnArrayOfObjectsAndNothingElse() {
        JsonElement document = Shell.run("list", "--json").json();
        assertThat(document.isJsonArray()).isTrue();
        assertThat(Set.copyOf(document.getAsJsonArray().asList())).hasSize(40);
    }
}
