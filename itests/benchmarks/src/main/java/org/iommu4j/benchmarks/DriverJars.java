package org.iommu4j.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.iommu4j.api.driver.IommuDriver;

/** The drivers there are, each loaded from its built jar by a class loader of its own. */
final class DriverJars {
    private record Jar(String name, String driver) {
    }

    private static final List<Jar> JARS = List.of(new Jar("vtd-driver", "org.iommu4j.vtd.VtdDriver"),
            new Jar("vtd-driver-next", "org.iommu4j.vtd.VtdDriver"));

    private DriverJars() {
    }

    static List<IommuDriver> load() {
        return JARS.stream().map(DriverJars::load).toList();
    }

    private static IommuDriver load(Jar jar) {
        try (InputStream content = DriverJars.class.getResourceAsStream("/drivers/" + jar.name + ".jar")) {
            if (content == null) {
                throw new IllegalStateException("no " + jar.name + ".jar among the benchmarks' resources");
            }
            Path file = Files.createTempFile(jar.name, ".jar");
            file.toFile().deleteOnExit();
            Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
            // Open for as long as the driver is used, which is until the JVM ends.
            URLClassLoader own =
                    new URLClassLoader(new URL[] {file.toUri().toURL()}, IommuDriver.class.getClassLoader());
            Class<?> type = own.loadClass(jar.driver);
            if (type.getClassLoader() != own) {
                throw new IllegalStateException(jar.driver + " is on the class path; it must come from its jar");
            }
            return (IommuDriver) type.getConstructor().newInstance();
        } catch (IOException e) {
            throw new UncheckedIOException(jar.name, e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(jar.name + ": " + e, e);
        }
    }
}
