package org.efficientzoo.zoo.download;

import java.io.IOException;

/** Where the bytes of a file come from. */
interface Source {

    /** Whether nothing needs to be asked, because all came in an earlier run. */
    boolean isComplete(PartFile part) throws IOException;

    /**
     * Makes one attempt to bring the rest of a file.
     *
     * @throws DownloadFailure if it fails; what came until then is in the part file
     */
    void receive(PartFile part) throws IOException, InterruptedException;
}
