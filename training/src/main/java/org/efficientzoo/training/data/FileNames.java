package org.efficientzoo.training.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

/**
 * Names of files as text, in every locale. Where a locale has no letter for a name ({@code
 * LC_ALL=C}), Java opens the file all the same but shows the replacement character; the name itself
 * is then taken from the file's URI, which has its bytes.
 */
final class FileNames {

    private static final char REPLACEMENT = '\uFFFD';

    /** Folders that systems and archives leave behind. */
    private static final Set<String> OF_SYSTEMS =
            Set.of(
                    "__MACOSX",
                    "__pycache__",
                    "@eaDir",
                    "@Recycle",
                    "#recycle",
                    "$RECYCLE.BIN",
                    "System Volume Information",
                    "lost+found");

    private FileNames() {}

    /** The last name of a path. */
    static String of(Path path) {
        return below(path.getNameCount() - 1, path);
    }

    /** The path of a file from a folder above it, apart by {@code /} on every system. */
    static String of(Path folder, Path file) {
        int above = folder.toString().isEmpty() ? 0 : folder.getNameCount();
        return below(above, file).replace('\\', '/');
    }

    private static String below(int names, Path path) {
        int count = path.getNameCount();
        String text = path.subpath(names, count).toString();
        return text.indexOf(REPLACEMENT) < 0 ? text : ofBytes(path, count - names, text);
    }

    private static String ofBytes(Path path, int names, String shown) {
        String uri = path.toUri().getRawPath().replaceFirst("/$", ""); // which a folder's ends with
        int start = uri.length();
        for (int i = 0; i < names; i++) {
            start = uri.lastIndexOf('/', start - 1);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = start + 1; i < uri.length(); i++) {
            boolean escaped = uri.charAt(i) == '%';
            bytes.write(
                    escaped ? Integer.parseInt(uri.substring(i + 1, i + 3), 16) : uri.charAt(i));
            i += escaped ? 2 : 0;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            return shown; // an encoding that nobody names
        }
    }

    /** Whether a file or folder is none of the data: hidden, or of the system. */
    static boolean isHidden(Path path) {
        String name = path.getFileName().toString();
        return name.startsWith(".") || OF_SYSTEMS.contains(name);
    }
}
