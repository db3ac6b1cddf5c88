package org.iommu4j.system.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.iommu4j.api.driver.IommuDriver;

/** Loads a driver's classes anew, as a bundle's class loader does, one of them with a mistake in it. */
final class MutantLoader extends ClassLoader {
    private final List<String> own;
    private final Mutant mutant;

    /** @param own prefixes of what the driver's bundle holds */
    MutantLoader(List<String> own, Mutant mutant) {
        super(MutantLoader.class.getClassLoader());
        this.own = own;
        this.mutant = mutant;
    }

    /** @throws AssertionError if the class with the mistake is not one of the driver's */
    IommuDriver driver(String type) {
        try {
            Class.forName(mutant.type(), false, this);
            return (IommuDriver) loadClass(type).getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("the table of mutants is out of date: " + e, e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            return own.stream().anyMatch(name::startsWith) ? findClass(name) : super.loadClass(name, resolve);
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] original = bytes(name);
        byte[] classFile = name.equals(mutant.type()) ? mutant.applyTo(original) : original;
        return defineClass(name, classFile, 0, classFile.length);
    }

    private byte[] bytes(String name) throws ClassNotFoundException {
        try (InputStream stream = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (stream == null) {
                throw new ClassNotFoundException(name);
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
