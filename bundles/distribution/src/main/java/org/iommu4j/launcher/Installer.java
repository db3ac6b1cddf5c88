package org.iommu4j.launcher;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.FrameworkWiring;

/** Brings jars into the framework; a jar that cannot come in is named with the reason and left out. */
final class Installer {
    /** Everything in {@code deploy} starts at one level: nothing of ours depends on an order. */
    static final int LAST_LEVEL = 4;

    private final BundleContext context;
    private final HotSwap hotSwap;
    private final PrintStream errors;

    Installer(BundleContext context, HotSwap hotSwap, PrintStream errors) {
        this.context = context;
        this.hotSwap = hotSwap;
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

    /**
     * Brings in what a jar holds now: installs and starts it; where its place is taken, replaces the bundle there,
     * without a gap if that is a driver in charge; no second bundle is made of the same content.
     */
    void install(Path jar, int level) {
        JarPlace place = new JarPlace(jar);
        Optional<Bundle> now = place.bundle(context);
        try {
            requireBundle(jar);
            byte[] content = Files.readAllBytes(jar);
            if (now.isEmpty()) {
                add(place, content, level).start();
            } else if (JarPlace.holds(now.get(), content)) {
                now.get().start();
            } else {
                replace(now.get(), place, content, level);
            }
        } catch (IOException | BundleException | RuntimeException e) {
            String stays = now.filter(bundle -> bundle.getState() == Bundle.ACTIVE)
                    .map(bundle -> "; " + name(bundle) + " stays").orElse("");
            errors.println("iommu4j: " + jar.getFileName() + " is refused: " + e.getMessage() + stays);
        }
    }

    private void replace(Bundle bundle, JarPlace place, byte[] content, int level) throws BundleException {
        Optional<String> swapped = hotSwap.replace(bundle.getBundleId(), place.jar());
        if (swapped.isPresent()) {
            errors.println("iommu4j: " + place.jar().getFileName() + ": " + swapped.get());
            return;
        }
        Bundle successor = add(place, content, level);
        requireResolved(successor);
        bundle.uninstall();
        successor.start();
    }

    private Bundle add(JarPlace place, byte[] content, int level) throws BundleException {
        Bundle bundle = context.installBundle(place.location(content), new ByteArrayInputStream(content));
        bundle.adapt(BundleStartLevel.class).setStartLevel(level);
        return bundle;
    }

    /** A bundle that lacks something says what only when it is told to start. */
    private void requireResolved(Bundle bundle) throws BundleException {
        FrameworkWiring wiring = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class);
        if (!wiring.resolveBundles(List.of(bundle))) {
            try {
                bundle.start();
            } catch (BundleException e) {
                bundle.uninstall();
                throw e;
            }
        }
    }

    /** Uninstalls the bundle that stands for this jar, if there is one. */
    void uninstall(Path jar) {
        try {
            Optional<Bundle> bundle = installed(jar);
            if (bundle.isPresent()) {
                bundle.get().uninstall();
            }
        } catch (BundleException e) {
            errors.println("iommu4j: " + jar.getFileName() + " cannot be uninstalled: " + e.getMessage());
        }
    }

    /** The bundle that stands for this jar. */
    Optional<Bundle> installed(Path jar) {
        return new JarPlace(jar).bundle(context);
    }

    private static String name(Bundle bundle) {
        return bundle.getSymbolicName() + " " + bundle.getVersion();
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
}
