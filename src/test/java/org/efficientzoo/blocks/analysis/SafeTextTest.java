package org.efficientzoo.blocks.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "golden retriever",
                "C:\\photos\\new",
                "Zw\u00f6lf Boxk\u00e4mpfer",
                "\u732b\u3068\u72ac",
                "\u05d7\u05ea\u05d5\u05dc",
                "e\u0301",
                "\ud83d\udc08", // a cat
                "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67" // a family, by joiners
            })
    void leavesTextThatIsFineAsItIs(String text) {
        assertThat(SafeText.line(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1B | u001b", // escape
                "07 | u0007", // bell
                "08 | u0008", // backspace
                "00 | u0000",
                "7F | u007f",
                "9B | u009b", // begins a sequence, too
                "0A | n",
                "0D | r",
                "09 | t",
                "85 | u0085", // next line
                "2028 | u2028",
                "2029 | u2029",
                "202E | u202e", // from right to left
                "2066 | u2066",
                "200F | u200f",
                "61C | u061c",
                "D83D | ud83d", // half a letter
                "DC08 | udc08"
            })
    void showsWhatATerminalWouldObey(String code, String shown) {
        String text = "a" + (char) Integer.parseInt(code, 16) + "b";
        assertThat(SafeText.line(text)).isEqualTo("a\\" + shown + "b");
    }

    @Test
    void leavesNoControlCharacterOfAllThatThereAre() {
        StringBuilder all = new StringBuilder();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            all.appendCodePoint(c).append('.');
        }
        assertThat(SafeText.line(all.toString()).codePoints())
                .hasSizeGreaterThan(1_000_000)
                .allMatch(c -> !Character.isISOControl(c) && !(0xD800 <= c && c <= 0xDFFF));
    }

    @Test
    void tablesEscapeTheirCells() {
        TextTable table = new TextTable(List.of(), "class", "images");
        table.row("cat\n\u001b[31m", "3");
        table.row("dog", "4");
        assertThat(table)
                .hasToString("class            images\ncat\\n\\u001b[31m  3\ndog              4\n");
    }
}
