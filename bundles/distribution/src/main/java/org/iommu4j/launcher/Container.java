package org.iommu4j.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/** The OSGi framework of one run, with a cache directory that no other run sees and that goes with it. */
final class Container implements AutoCloseable {
    private final Framework framework;
    private final Path cache;
    private final Thread hook = new Thread(this::stopAndForget, "iommu4j-shutdown");

    private Container(Framework framework, Path cache) {
        this.framework = framework;
        this.cache = cache;
    }

    /**
     * Makes an empty framework: bundles can be installed, nothing runs yet.
     *
     * @param home folder with {@code etc/framework.properties} and the files beside it
     */
    static Container create(Path home) throws IOException, BundleException {
        Path etc = home.resolve("etc");
        System.setProperty("iommu4j.home", home.toString());
        System.setProperty("gosh.home", home.toString());
        System.setProperty("java.util.logging.config.file", etc.resolve("logging.properties").toString());
        System.setProperty("logback.configurationFile", etc.resolve("logback.xml").toUri().toString());
        Map<String, String> properties = load(etc.resolve("framework.properties"));
        Path cache = Files.createTempDirectory("iommu4j-");
        properties.put(Constants.FRAMEWORK_STORAGE, cache.toString());
        properties.put(Constants.FRAMEWORK_BEGINNING_STARTLEVEL, String.valueOf(Installer.LAST_LEVEL));
        properties.put("configurator.initial", Files.readString(etc.resolve("configuration.json")));
        Container container = new Container(new FrameworkFactory().newFramework(properties), cache);
        Runtime.getRuntime().addShutdownHook(container.hook);
        container.framework.init();
        return container;
    }

    BundleContext context() {
        return framework.getBundleContext();
    }

    /** Starts what is installed, level by level, and returns when the last level is reached. */
    void start() throws BundleException {
        framework.start();
    }

    @Override
    public void close() throws InterruptedException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            hook.join(); // the process is going down already, and the hook does what is to be done
            return;
        }
        stopAndForget();
    }

    private void stopAndForget() {
        try {
            framework.stop();
            framework.waitForStop(0);
            delete(cache);
        } catch (BundleException | IOException e) {
            System.err.println("iommu4j: " + cache + " is left behind: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<String, String> load(Path file) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        }
        Map<String, String> map = new HashMap<>();
        properties.forEach((key, value) -> map.put((String) key, (String) value));
        return map;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            tree.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
