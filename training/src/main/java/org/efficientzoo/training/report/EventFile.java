package org.efficientzoo.training.report;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.efficientzoo.zoo.file.Directories;
import org.efficientzoo.zoo.file.DiskErrors;

/**
 * A file of events that TensorBoard shows while it grows: each point is handed to the system as it
 * is added, so a killed process leaves at worst a last record cut short, which readers drop.
 *
 * <p>TensorBoard reads the files of a folder in the order of their names, so a file is named after
 * a later second than every other in its folder. Each file says where its session starts, the first
 * too: TensorBoard takes the first start that it sees as the beginning, and only at later ones
 * drops what came at their step or after.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorboard/blob/2.21.0/tensorboard/compat/proto/event.proto">the
 *     events</a>
 */
public final class EventFile implements AutoCloseable {

    private static final Pattern NAME = Pattern.compile("events\\.out\\.tfevents\\.(\\d+)\\..*");

    private static final int MOST_DIGITS = 18; // of a second, which is a long

    private final Path file;
    private final OutputStream out;

    private EventFile(Path file, OutputStream out) {
        this.file = file;
        this.out = out;
    }

    /**
     * Begins the events of a new run. TensorBoard drops the points of earlier runs in the folder.
     *
     * @param folder the folder, made where there is none
     * @return the file, to be closed by the caller
     * @throws IOException if it cannot be written
     */
    public static EventFile starting(Path folder) throws IOException {
        return open(folder, 0);
    }

    /**
     * Begins the events of a run that goes on from a checkpoint. TensorBoard keeps the points of
     * earlier files up to the checkpoint's step and drops those after it; its fast reader, the
     * default, drops a curve's old points as new ones come.
     *
     * @param folder the folder, made where there is none
     * @param step the checkpoint's step, at least 0
     * @return the file, to be closed by the caller
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if the step is below 0
     */
    public static EventFile resuming(Path folder, long step) throws IOException {
        check(step);
        return open(folder, step + 1);
    }

    private static EventFile open(Path folder, long start) throws IOException {
        Directories.make(folder);
        long seconds = Math.max(System.currentTimeMillis() / 1000, newest(folder) + 1);
        Path file = create(folder, seconds, host());
        // An interrupt would close a channel in the middle of a record, but not this stream.
        EventFile events = new EventFile(file, new FileOutputStream(file.toFile()));
        try {
            double now = System.currentTimeMillis() / 1e3;
            events.append(EventRecords.version(now));
            events.append(EventRecords.start(now, start));
            return events;
        } catch (IOException e) {
            try (events) {
                throw e;
            }
        }
    }

    private static Path create(Path folder, long seconds, String host) throws IOException {
        long second = seconds;
        while (true) {
            String name = String.format(Locale.ROOT, "events.out.tfevents.%010d.%s", second, host);
            try {
                return Files.createFile(folder.resolve(name));
            } catch (FileAlreadyExistsException e) {
                second++; // another process was faster
            }
        }
    }

    /** The latest second that names a file of the folder, or -1. */
    private static long newest(Path folder) throws IOException {
        long newest = -1;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    newest = Math.max(newest, second(file, name.group(1)));
                }
            }
        }
        return newest;
    }

    private static long second(Path file, String digits) throws IOException {
        if (digits.length() > MOST_DIGITS) {
            throw new IOException(
                    "%s must be named after a second of at most %d digits, found %d"
                            .formatted(file, MOST_DIGITS, digits.length()));
        }
        return Long.parseLong(digits);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "-");
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /**
     * Where the events are.
     *
     * @return the file
     */
    public Path file() {
        return file;
    }

    /**
     * Adds a point to a curve.
     *
     * @param tag the curve's name, such as {@code loss/train}: TensorBoard groups by what is before
     *     the slash
     * @param step the step, at least 0
     * @param wallSeconds when it was, in seconds since 1970
     * @param value the value; not a number is shown as such
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if the tag is empty or the step below 0
     */
    public synchronized void scalar(String tag, long step, double wallSeconds, float value)
            throws IOException {
        if (tag.isBlank()) {
            throw new IllegalArgumentException("a curve must have a name, found none");
        }
        check(step);
        append(EventRecords.scalar(wallSeconds, step, tag, value));
    }

    private static void check(long step) {
        if (step < 0) {
            throw new IllegalArgumentException("a step must be at least 0, found " + step);
        }
    }

    private void append(byte[] record) throws IOException {
        try {
            out.write(record);
        } catch (IOException e) {
            throw new IOException("cannot write %s: %s".formatted(file, DiskErrors.reason(e)), e);
        }
    }

    /**
     * Ends the file.
     *
     * @throws IOException if that fails
     */
    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
