package org.iommu4j.core.machine;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.core.handover.Bundles;
import org.iommu4j.core.unit.Candidate;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/** The framework as core needs it: services out, bundles in and out. */
final class Framework implements Services, Bundles {
    private final BundleContext context;
    private final AtomicLong installs = new AtomicLong();

    /** @param context core's own */
    Framework(BundleContext context) {
        this.context = context;
    }

    /** A driver service with the facts that decide between drivers. */
    static Candidate candidate(IommuDriver driver, ServiceReference<IommuDriver> reference) {
        Bundle bundle = reference.getBundle();
        return new Candidate(driver, String.valueOf(reference.getProperty(IommuDriver.ARCHITECTURE)),
                bundle.getSymbolicName(), bundle.getVersion(), bundle.getBundleId(), serviceId(reference),
                reference.getProperty(Constants.SERVICE_RANKING) instanceof Integer ranking ? ranking : 0);
    }

    static long serviceId(ServiceReference<IommuDriver> reference) {
        return (Long) reference.getProperty(Constants.SERVICE_ID);
    }

    @Override
    public <T> Runnable register(Class<T> type, T service, Map<String, Object> properties) {
        Dictionary<String, Object> table = new Hashtable<>(properties);
        ServiceRegistration<T> registration = context.registerService(type, service, table);
        return () -> {
            try {
                registration.unregister();
            } catch (IllegalStateException e) {
                // The framework was faster: it takes a stopping bundle's services back by itself.
                return;
            }
        };
    }

    @Override
    public long install(Path jar, long predecessor) {
        checkBundle(jar);
        try {
            byte[] content = Files.readAllBytes(jar);
            String location = successorOf(bundle(predecessor), content);
            return context.installBundle(location, new ByteArrayInputStream(content)).getBundleId();
        } catch (BundleException | IOException e) {
            throw new IommuException(Reason.BAD_INPUT, "install: " + jar + " is no bundle that fits: " + reasons(e), e);
        }
    }

    /**
     * {@code place#number:digest}: the place is the predecessor's, the number makes it unlike all before, and the
     * digest, SHA-256 of the jar, tells whoever keeps jars which of them this is.
     */
    private String successorOf(Bundle predecessor, byte[] jar) {
        String place = predecessor.getLocation().split("#", 2)[0];
        return place + "#" + installs.incrementAndGet() + ":" + digest(jar);
    }

    private static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private static String reasons(Throwable thrown) {
        String text = String.valueOf(thrown.getMessage());
        return thrown.getCause() == null ? text : text + ": " + reasons(thrown.getCause());
    }

    /** The framework takes any jar, and parts of it do not bear a bundle without a name. */
    private static void checkBundle(Path jar) {
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            if (manifest == null || manifest.getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME) == null) {
                throw IommuException.of(Reason.BAD_INPUT, "install: %s is no bundle: it has no symbolic name", jar);
            }
        } catch (IOException e) {
            throw new IommuException(Reason.BAD_INPUT, "install: " + jar + " is no bundle: " + e.getMessage(), e);
        }
    }

    @Override
    public void start(long id) {
        try {
            bundle(id).start(Bundle.START_ACTIVATION_POLICY);
        } catch (BundleException e) {
            throw new IommuException(Reason.BAD_INPUT, "start: " + reasons(e));
        }
    }

    @Override
    public void uninstall(long id) {
        try {
            bundle(id).uninstall();
        } catch (BundleException e) {
            throw new IommuException(Reason.IO, "uninstall: " + reasons(e));
        }
    }

    private Bundle bundle(long id) {
        Bundle bundle = context.getBundle(id);
        if (bundle == null) {
            throw IommuException.of(Reason.NO_DEVICE, "there is no bundle %d", id);
        }
        return bundle;
    }
}
