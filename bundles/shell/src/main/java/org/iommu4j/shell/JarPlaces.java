package org.iommu4j.shell;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * Puts the jar of a driver that was swapped in where its predecessor's jar lies, so that the next start brings the same
 * driver. The place comes from the bundle's location, see {@link org.iommu4j.api.status.DriverSwap}; one that is no
 * file has no jar to keep.
 */
final class JarPlaces implements Consumer<Path> {
    private final BundleContext context;

    JarPlaces(BundleContext context) {
        this.context = context;
    }

    /** @throws IommuException IO if the jar cannot be read or written; the swap has taken place all the same */
    @Override
    public void accept(Path jar) {
        try {
            byte[] content = Files.readAllBytes(jar);
            Optional<Path> place = placeOf(content);
            if (place.isPresent()) {
                put(content, place.get());
            }
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "swapped, but " + jar + " cannot be kept for the next start: " + e, e);
        }
    }

    private Optional<Path> placeOf(byte[] content) {
        String mark = ":" + digest(content);
        return Arrays.stream(context.getBundles()).filter(bundle -> bundle.getLocation().endsWith(mark))
                .max(Comparator.comparingLong(Bundle::getBundleId))
                .map(bundle -> bundle.getLocation().split("#", 2)[0]).filter(place -> place.startsWith("file:"))
                .map(place -> Path.of(URI.create(place)));
    }

    /** By rename: whoever looks meets either jar, never a part of one. */
    private static void put(byte[] content, Path place) throws IOException {
        Path aside = Files.write(place.resolveSibling(place.getFileName() + ".new"), content);
        Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
