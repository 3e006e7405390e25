package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Map;

/**
 * What may become of a file that is damaged or hostile: tensors, or a line that says what is wrong.
 */
final class Damaged {

    private static final long MOST_ELEMENTS = 1 << 16;

    private Damaged() {}

    interface Opening {
        TensorSource open() throws IOException;
    }

    /**
     * Opens a file and reads its tensors, the first of them at least, each as long as it says.
     *
     * @return whether it could be read; anything but an {@code IOException} of one line is an error
     */
    static boolean isRead(Opening opening) {
        try (TensorSource source = opening.open()) {
            long elements = 0;
            for (Map.Entry<String, TensorInfo> tensor :
                    new ArrayList<>(source.tensors().entrySet())) {
                long count = tensor.getValue().shape().size();
                elements += count;
                if (elements > MOST_ELEMENTS) {
                    break;
                }
                FloatBuffer values = source.read(tensor.getKey());
                if (values.remaining() != count) {
                    throw new AssertionError(tensor + " has " + values.remaining() + " values");
                }
                while (values.hasRemaining()) {
                    values.get();
                }
            }
            return true;
        } catch (IOException e) {
            checkLine(e);
            return false;
        }
    }

    /** A message must be one line; checked by hand, for fuzz tests ask a million times. */
    static void checkLine(IOException e) {
        String message = e.getMessage();
        if (message == null || message.isBlank() || message.lines().count() != 1) {
            throw new AssertionError("not one line: " + message, e);
        }
    }
}
