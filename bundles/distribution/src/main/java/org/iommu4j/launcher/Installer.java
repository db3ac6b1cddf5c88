package org.iommu4j.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.BundleStartLevel;

/** Brings jars into the framework; a jar that cannot come in is named with the reason and left out. */
final class Installer {
    /** Everything in {@code deploy} starts at one level: nothing of ours depends on an order. */
    static final int LAST_LEVEL = 4;

    private final BundleContext context;
    private final PrintStream errors;

    Installer(BundleContext context, PrintStream errors) {
        this.context = context;
        this.errors = errors;
    }

    /** Installs the jars of each sub-folder at the start level that the sub-folder is named after. */
    void installSystem(Path system) throws IOException {
        for (Path level : list(system, "*")) {
            installFolder(level, Integer.parseInt(level.getFileName().toString()));
        }
    }

    /** Installs all jars of a folder, in the order of their names, which is also their order of start in a level. */
    void installFolder(Path folder, int level) throws IOException {
        for (Path jar : list(folder, "*.jar")) {
            install(jar, level);
        }
    }

    /** Installs and starts one jar; where a jar of this path is installed already, updates that bundle. */
    void install(Path jar, int level) {
        try {
            requireBundle(jar);
            Bundle bundle = installed(jar);
            try (InputStream content = Files.newInputStream(jar)) {
                if (bundle != null) {
                    bundle.update(content);
                    return;
                }
                bundle = context.installBundle(location(jar), content);
            }
            bundle.adapt(BundleStartLevel.class).setStartLevel(level);
            bundle.start();
        } catch (IOException | BundleException e) {
            errors.println("iommu4j: " + jar.getFileName() + " is refused: " + e.getMessage());
        }
    }

    /** Uninstalls the bundle that came from this path, if there is one. */
    void uninstall(Path jar) {
        Bundle bundle = installed(jar);
        try {
            if (bundle != null) {
                bundle.uninstall();
            }
        } catch (BundleException e) {
            errors.println("iommu4j: " + jar.getFileName() + " cannot be uninstalled: " + e.getMessage());
        }
    }

    /** The bundle that came from this path, or null. */
    Bundle installed(Path jar) {
        return context.getBundle(location(jar));
    }

    /** The paths that match, sorted by name. */
    static List<Path> list(Path folder, String glob) throws IOException {
        List<Path> paths = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
            found.forEach(paths::add);
        }
        paths.sort(null);
        return paths;
    }

    private static void requireBundle(Path jar) throws IOException, BundleException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Attributes main = file.getManifest() == null ? new Attributes() : file.getManifest().getMainAttributes();
            if (main.getValue(Constants.BUNDLE_SYMBOLICNAME) == null) {
                throw new BundleException("no bundle, its manifest has no " + Constants.BUNDLE_SYMBOLICNAME);
            }
        }
    }

    private static String location(Path jar) {
        return jar.toUri().toString();
    }
}
