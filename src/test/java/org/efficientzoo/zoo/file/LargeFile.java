package org.efficientzoo.zoo.file;

import java.io.IOException;
import java.nio.file.Path;

/** A process that writes a file of four megabytes and prints why it could not. */
final class LargeFile {

    private LargeFile() {}

    public static void main(String[] arguments) {
        try {
            WholeFile.write(Path.of(arguments[0]), "0".repeat(4 << 20));
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
    }
}
