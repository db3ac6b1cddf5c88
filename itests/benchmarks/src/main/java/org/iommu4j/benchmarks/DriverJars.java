package org.iommu4j.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.iommu4j.api.driver.IommuDriver;

/** The drivers there are, each loaded from its built jar by a class loader of its own. */
final class DriverJars {
    private DriverJars() {
    }

    /** The release that is installed at the start. */
    static IommuDriver load(Vendor vendor) {
        return load(vendor, vendor.architecture() + "-driver");
    }

    /** The release after it. */
    static IommuDriver loadNext(Vendor vendor) {
        return load(vendor, vendor.architecture() + "-driver-next");
    }

    private static IommuDriver load(Vendor vendor, String jar) {
        try (InputStream content = DriverJars.class.getResourceAsStream("/drivers/" + jar + ".jar")) {
            if (content == null) {
                throw new IllegalStateException("no " + jar + ".jar among the benchmarks' resources");
            }
            Path file = Files.createTempFile(jar, ".jar");
            file.toFile().deleteOnExit();
            Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
            // Open for as long as the driver is used, which is until the JVM ends.
            URLClassLoader own =
                    new URLClassLoader(new URL[] {file.toUri().toURL()}, IommuDriver.class.getClassLoader());
            Class<?> type = own.loadClass(vendor.driver());
            if (type.getClassLoader() != own) {
                throw new IllegalStateException(vendor.driver() + " is on the class path; it must come from its jar");
            }
            return (IommuDriver) type.getConstructor().newInstance();
        } catch (IOException e) {
            throw new UncheckedIOException(jar, e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(jar + ": " + e, e);
        }
    }
}
