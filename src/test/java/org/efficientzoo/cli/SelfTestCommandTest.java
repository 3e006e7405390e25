package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.efficientzoo.Slow;
import org.junit.jupiter.api.Test;

@Slow
class SelfTestCommandTest {

    @Test
    void comparesEnginesLayoutsBatchesAndThreads() {
        Shell.Result shell =
                Shell.run("self-test", "--model", "shufflenet_v2_x0_5", "--size", "32", "--json");
        assertThat(shell.status()).as(shell.err()).isZero();
        var rows = JsonParser.parseString(shell.out()).getAsJsonArray();
        assertThat(rows.size()).isGreaterThanOrEqualTo(4);
        for (JsonElement row : rows) {
            JsonObject json = row.getAsJsonObject();
            assertThat(json.getAsJsonArray("faults")).isEmpty();
            assertThat(json.getAsJsonObject("batches").keySet())
                    .containsExactly("1", "2", "3", "8", "15", "16", "17", "32");
            boolean trains = json.get("engine").getAsString().equals("PyTorch");
            assertThat(json.has("gradient")).isEqualTo(trains);
        }
        assertThat(rows.get(0).getAsJsonObject().get("layout").getAsString()).isEqualTo("plain");
    }

    @Test
    void refusesWhatThereIsNot() {
        assertThat(Shell.run("self-test", "--model", "mobilnet_v2").err())
                .contains("unknown network mobilnet_v2; did you mean mobilenet_v2");
        assertThat(Shell.run("self-test", "--threads", "0").err())
                .contains("threads must be positive, found 0");
        Shell.Result both = Shell.run("self-test", "--all", "--model", "mobilenet_v2");
        assertThat(both.status()).isEqualTo(2);
        assertThat(both.err()).contains("--all is every network, found --model beside it");
    }
}
