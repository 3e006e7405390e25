package org.efficientzoo.zoo;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Settings of this process for the time of a test: where the cache is, what may be fetched. */
public final class TestFolders implements AutoCloseable {

    private final Map<String, String> before = new LinkedHashMap<>();

    /** The cache is an empty folder, and downloads are allowed. */
    public TestFolders(Path cache) {
        set("DJL_CACHE_DIR", cache.toString());
        set("efficientzoo.offline", "false");
    }

    /** Sets a system property. */
    public TestFolders set(String key, String value) {
        String old = System.getProperty(key);
        before.putIfAbsent(key, old);
        System.setProperty(key, value);
        return this;
    }

    @Override
    public void close() {
        before.forEach(
                (key, value) -> {
                    if (value == null) {
                        System.clearProperty(key);
                    } else {
                        System.setProperty(key, value);
                    }
                });
    }
}
