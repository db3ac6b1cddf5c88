package org.iommu4j.launcher;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * The folder whose jars may be replaced while they run: a new jar is installed, an overwritten one replaces its bundle
 * (a driver in charge is swapped, devices do not notice), a deleted one takes its bundle along.
 *
 * <p>A change counts once the folder has been quiet for a moment, so a jar is not read while it is being copied; one
 * whose copy pauses for longer is no complete archive and is refused until the rest is there.
 */
final class DeployFolder implements AutoCloseable {
    private static final long QUIET_MILLIS = 300;

    private final Path folder;
    private final Installer installer;
    private final WatchService watch;
    private final Thread follower = new Thread(this::applyChanges, "iommu4j-deploy");

    private DeployFolder(Path folder, Installer installer, WatchService watch) {
        this.folder = folder;
        this.installer = installer;
        this.watch = watch;
    }

    /** Installs what is there, and from now on notices what changes. */
    static DeployFolder open(Path folder, Installer installer) throws IOException {
        WatchService watch = folder.getFileSystem().newWatchService();
        folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
        installer.installFolder(folder, Installer.LAST_LEVEL);
        return new DeployFolder(folder, installer, watch);
    }

    /** Starts to apply the changes. */
    void follow() {
        follower.setDaemon(true);
        follower.start();
    }

    @Override
    public void close() throws IOException {
        watch.close();
    }

    private void applyChanges() {
        try {
            while (true) {
                for (Path jar : nextChanges()) {
                    if (Files.exists(jar)) {
                        installer.install(jar, Installer.LAST_LEVEL);
                    } else {
                        installer.uninstall(jar);
                    }
                }
            }
        } catch (ClosedWatchServiceException e) {
            return; // the run is over
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Set<Path> nextChanges() throws InterruptedException {
        Set<Path> changed = new TreeSet<>();
        for (WatchKey key = watch.take(); key != null; key = watch.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS)) {
            for (WatchEvent<?> event : key.pollEvents()) {
                if (event.context() instanceof Path name && name.toString().endsWith(".jar")) {
                    changed.add(folder.resolve(name));
                }
            }
            key.reset();
        }
        return changed;
    }
}
