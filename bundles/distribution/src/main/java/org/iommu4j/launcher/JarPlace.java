package org.iommu4j.launcher;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * Where a jar lies, which is the place that one bundle after another takes. The location of a bundle is
 * {@code place#number:digest}, with SHA-256 of the jar it was made from: 0 is the launcher's number, the others are
 * those of {@code org.iommu4j.api.status.DriverSwap}. So nobody needs a list of what was swapped by whom.
 */
record JarPlace(Path jar) {
    private String prefix() {
        return jar.toUri() + "#";
    }

    /** The bundle that stands for this place now; the newest while one is just replacing another. */
    Optional<Bundle> bundle(BundleContext context) {
        return Arrays.stream(context.getBundles()).filter(bundle -> bundle.getLocation().startsWith(prefix()))
                .max(Comparator.comparingLong(Bundle::getBundleId));
    }

    /** Where a bundle of that content is installed from. */
    String location(byte[] content) {
        return prefix() + "0:" + digest(content);
    }

    /** True if a bundle was made from exactly that content. */
    static boolean holds(Bundle bundle, byte[] content) {
        return bundle.getLocation().endsWith(":" + digest(content));
    }

    private static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
