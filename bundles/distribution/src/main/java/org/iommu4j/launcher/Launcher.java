package org.iommu4j.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.osgi.framework.BundleException;

/**
 * The process behind the start script.
 *
 * <p>System properties: {@code iommu4j.home}, the folder with {@code lib}, {@code system}, {@code deploy} and
 * {@code etc} (required); {@code iommu4j.console}, true for an interactive shell instead of a command;
 * {@code iommu4j.start.seconds}, how long a command may take to appear (default 30, at least 1).
 */
public final class Launcher {
    /** The command never appeared, or the container did not start. */
    static final int NOT_STARTED = 70;

    private Launcher() {
    }

    /**
     * Runs one command, or the interactive shell, and exits with its code.
     *
     * @param args the command and its arguments, passed on as they are
     */
    public static void main(String[] args) {
        int code;
        try {
            code = run(Path.of(required("iommu4j.home")).toRealPath(), args);
        } catch (IOException | BundleException | IllegalStateException | IllegalArgumentException e) {
            System.err.println("iommu4j: " + e.getMessage());
            code = NOT_STARTED;
        } catch (InterruptedException e) {
            System.err.println("iommu4j: interrupted");
            code = NOT_STARTED;
        }
        System.exit(code);
    }

    private static int run(Path home, String[] args) throws IOException, BundleException, InterruptedException {
        boolean interactive = Boolean.getBoolean("iommu4j.console");
        Duration limit = startLimit();
        try (Container container = Container.create(home)) {
            HotSwap hotSwap = new HotSwap(container.context());
            Installer installer = new Installer(container.context(), hotSwap, System.err);
            installer.installSystem(home.resolve("system"));
            try (DeployFolder deploy = DeployFolder.open(home.resolve("deploy"), installer)) {
                container.start();
                hotSwap.open();
                deploy.follow();
                if (interactive) {
                    Console.run(home.resolve("console"), installer);
                    return 0;
                }
                return Command.await(container.context(), limit).run(args);
            }
        }
    }

    private static Duration startLimit() {
        long seconds = Long.getLong("iommu4j.start.seconds", 30);
        if (seconds < 1) {
            throw new IllegalArgumentException("iommu4j.start.seconds is " + seconds + ", must be at least 1");
        }
        return Duration.ofSeconds(seconds);
    }

    private static String required(String property) {
        String value = System.getProperty(property);
        if (value == null) {
            throw new IllegalArgumentException("system property " + property + " is missing");
        }
        return value;
    }
}
