package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.efficientzoo.training.Evaluation;
import org.efficientzoo.training.data.ClassFolders;
import org.efficientzoo.training.data.ClassOrder;
import org.efficientzoo.training.data.PassedOver;
import org.efficientzoo.zoo.ClassNames;
import org.efficientzoo.zoo.Weights;
import org.efficientzoo.zoo.WeightsFacts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluationReportTest {

    @TempDir private Path folder;

    private static Weights published(double top1, Double top5) {
        return new Weights(
                "net",
                Map.of("dataset", "imagenet", "weights", "some_tag"),
                Map.of(),
                Optional.empty(),
                new WeightsFacts(
                        Optional.of(top1),
                        Optional.ofNullable(top5),
                        Optional.of("somebody"),
                        Optional.empty()),
                Optional.empty());
    }

    /** An image of each class, all answered rightly but the first. */
    private Evaluation evaluation(int classes) throws Exception {
        List<Integer> labels = IntStream.range(0, classes).boxed().toList();
        List<Integer> answers =
                IntStream.range(0, classes).map(i -> Math.max(1, i)).boxed().toList();
        return GivenAnswers.evaluation(folder, labels, answers, classes, classes);
    }

    private EvaluationReport report(Evaluation evaluation, Optional<Weights> published) {
        ClassNames names = ClassNames.numbered(evaluation.perClass().size());
        return new EvaluationReport(
                "net",
                "some_tag",
                "PyTorch",
                published,
                new ClassFolders(
                        folder.resolve("data/val"),
                        new ClassOrder(names, ClassOrder.Rule.INDICES),
                        List.of(),
                        PassedOver.NOTHING),
                evaluation,
                ClassResults.of(evaluation, names, names));
    }

    private static JsonObject json(EvaluationReport report, boolean largeMatrix) {
        StringWriter text = new StringWriter();
        JsonOutput.print(new PrintWriter(text), report.document(largeMatrix));
        return JsonParser.parseString(text.toString()).getAsJsonObject();
    }

    private static List<String> text(EvaluationReport report) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        report.print(out);
        out.flush();
        return text.toString().lines().toList();
    }

    @ParameterizedTest
    @CsvSource({"100, false, true", "101, false, false", "101, true, true"})
    void hasTheMatrixOfUpTo100ClassesAndOfMoreIfAsked(int classes, boolean asked, boolean there)
            throws Exception {
        JsonObject json = json(report(evaluation(classes), Optional.empty()), asked);

        assertThat(json.has("confusion")).isEqualTo(there);
        if (there) {
            JsonArray matrix = json.getAsJsonArray("confusion");
            assertThat(matrix)
                    .hasSize(classes)
                    .allMatch(row -> ((JsonArray) row).size() == classes);
            JsonArray first = matrix.get(0).getAsJsonArray();
            assertThat(first.get(0).getAsInt()).isZero();
            assertThat(first.get(1).getAsInt()).isEqualTo(1); // row true, column predicted
        }
    }

    @Test
    void givesPublishedFiguresAsShares() throws Exception {
        Evaluation evaluation = evaluation(3);

        JsonObject both = json(report(evaluation, Optional.of(published(58.092, 80.42))), false);
        JsonObject one = json(report(evaluation, Optional.of(published(70.6, null))), false);
        JsonObject none = json(report(evaluation, Optional.empty()), false);

        assertThat(both.get("published"))
                .hasToString(
                        "{\"tag\":\"some_tag\",\"top1\":0.58092,\"top5\":0.8042,\"source\":\"somebody\"}");
        assertThat(one.get("published"))
                .hasToString("{\"tag\":\"some_tag\",\"top1\":0.706,\"source\":\"somebody\"}");
        assertThat(none.has("published")).isFalse();
    }

    @Test
    void printsPublishedFiguresBesideTheMeasuredOnes() throws Exception {
        Evaluation evaluation = evaluation(3);

        assertThat(text(report(evaluation, Optional.of(published(58.092, 80.42)))).subList(2, 4))
                .containsExactly(
                        "Top-1    66.67 %   error  33.33 %   published 58.09 %",
                        "Top-5   100.00 %   error   0.00 %   published 80.42 %");
        assertThat(text(report(evaluation, Optional.of(published(70.6, null)))).subList(2, 4))
                .containsExactly(
                        "Top-1    66.67 %   error  33.33 %   published 70.60 %",
                        "Top-5   100.00 %   error   0.00 %");
    }

    @Test
    void leavesALossOutThatJsonCannotSay() throws Exception {
        Evaluation finite = evaluation(3);
        Evaluation infinite =
                new Evaluation(
                        finite.total(),
                        finite.perClass(),
                        Double.POSITIVE_INFINITY,
                        finite.confusion(),
                        List.of(),
                        1,
                        false);

        assertThat(json(report(finite, Optional.empty()), false).get("loss").getAsDouble())
                .isEqualTo(finite.loss());
        assertThat(json(report(infinite, Optional.empty()), false).has("loss")).isFalse();
        assertThat(text(report(infinite, Optional.empty()))).contains("loss    Infinity");
    }

    @Test
    void warnsInJsonOfANetworkThatTellsNothingApart() throws Exception {
        Evaluation lively = evaluation(3);
        Evaluation dead =
                new Evaluation(
                        lively.total(),
                        lively.perClass(),
                        lively.loss(),
                        lively.confusion(),
                        List.of(),
                        1,
                        true);

        assertThat(json(report(lively, Optional.empty()), false).has("warning")).isFalse();
        assertThat(json(report(dead, Optional.empty()), false).get("warning").getAsString())
                .startsWith("the network gives the same logits whatever the image (");
    }

    @ParameterizedTest
    @CsvSource({"2", "1000"})
    void drawsTheMatrix(int classes) throws Exception {
        Path file = folder.resolve("confusion.png");

        report(evaluation(classes), Optional.empty()).draw(file);

        BufferedImage picture = read(file);
        assertThat(picture.getWidth()).isBetween(200, 1300);
        assertThat(picture.getHeight()).isBetween(200, 1300);
    }

    private static BufferedImage read(Path file) throws IOException {
        BufferedImage picture = ImageIO.read(file.toFile());
        assertThat(picture).isNotNull();
        return picture;
    }
}
