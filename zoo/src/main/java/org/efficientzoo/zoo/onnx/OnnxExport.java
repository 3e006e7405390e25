package org.efficientzoo.zoo.onnx;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A file that was written.
 *
 * @param path the ONNX file
 * @param data the file of the weights beside it, if they are not inside
 * @param sha256 the SHA-256 of the ONNX file in hexadecimal digits
 * @param largestDifference the largest difference between an output of ONNX Runtime and of the
 *     network, in standard deviations of the network's outputs; empty if nothing was compared
 * @param largestAbsoluteDifference the same in the unit of the outputs
 */
public record OnnxExport(
        Path path,
        Optional<Path> data,
        String sha256,
        OptionalDouble largestDifference,
        OptionalDouble largestAbsoluteDifference) {

    /**
     * Where the weights of an ONNX file are, if they are not inside.
     *
     * @param file the ONNX file
     * @return the place beside it, whether there is a file or not
     */
    public static Path dataOf(Path file) {
        return file.resolveSibling(file.getFileName() + ".data");
    }
}
