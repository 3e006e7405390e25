package org.efficientzoo.zoo.image;

import java.util.Iterator;
import java.util.function.Consumer;
import javax.imageio.ImageIO;

/** The JDK's own readers and writers, whatever others the class path brings. */
final class JdkPlugins {

    private JdkPlugins() {}

    /** The JDK's one of several; those before it are disposed of. */
    static <T> T own(Iterator<T> plugins, Consumer<T> disposal, String what) {
        while (plugins.hasNext()) {
            T plugin = plugins.next();
            if (plugin.getClass().getModule() == ImageIO.class.getModule()) {
                return plugin;
            }
            disposal.accept(plugin);
        }
        throw new IllegalStateException("the JDK must have a " + what + ", found none");
    }
}
