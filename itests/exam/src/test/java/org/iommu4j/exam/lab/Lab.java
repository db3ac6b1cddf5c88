package org.iommu4j.exam.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.iommu4j.api.status.DriverSwap;
import org.iommu4j.api.status.SwapReport;
import org.iommu4j.api.status.UnitStatus;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;

/** The container: its services, its bundles and what is configured in it. */
public final class Lab {
    /** Symbolic name of every release of the VT-d driver. */
    public static final String DRIVER = "org.iommu4j.vtd";

    private static final String CORE = "org.iommu4j.core";
    private static final String MACHINES = "org.iommu4j.hwsim";

    private final BundleContext context;

    public Lab(BundleContext context) {
        this.context = context;
    }

    public BundleContext context() {
        return context;
    }

    /** A service as soon as it is there. @param filter empty for any */
    public <T> T service(Class<T> type, String filter) {
        Waits.until("a service " + type.getSimpleName() + " " + filter, () -> find(type, filter) != null);
        return find(type, filter);
    }

    /** A service, or null if there is none now. */
    <T> T find(Class<T> type, String filter) {
        try {
            return context.getServiceReferences(type, filter.isEmpty() ? null : filter).stream()
                    .map(context::getService).filter(Objects::nonNull).findFirst().orElse(null);
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public UnitStatus status() {
        return service(UnitStatus.class, "");
    }

    /** Swaps the VT-d driver in charge for that of a jar. */
    public SwapReport swap(Path jar) {
        return swap(Vendor.VTD, jar);
    }

    /** Swaps a vendor's driver in charge for that of a jar. */
    public SwapReport swap(Vendor vendor, Path jar) {
        return service(DriverSwap.class, "").swap(vendor.bundle(), jar);
    }

    /** Powers a vendor's machine on and waits until a driver is in charge. */
    public LabMachine machine(Vendor vendor) {
        LabMachine machine = begin(vendor.machine(), vendor.machine(), vendor);
        machine.awaitDriven();
        return machine;
    }

    /** Powers a machine on and waits until a driver is in charge. @param definition a file of the tests' resources */
    public LabMachine machine(String name, String definition) {
        LabMachine machine = begin(name, definition);
        machine.awaitDriven();
        return machine;
    }

    /** Powers a machine of VT-d on. */
    public LabMachine begin(String name, String definition) {
        return begin(name, definition, Vendor.VTD);
    }

    private LabMachine begin(String name, String definition, Vendor vendor) {
        Path file = Path.of(System.getProperty("machines.dir"), definition + ".json");
        try {
            Configuration configuration =
                    service(ConfigurationAdmin.class, "").getFactoryConfiguration(MACHINES, name, "?");
            configuration.update(new Hashtable<>(Map.of("machine", name, "file", file.toString())));
            return new LabMachine(this, name, vendor, configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets bounds of core, which starts anew with them; before there are machines. */
    public void configureCore(Map<String, Long> millis) {
        try {
            Configuration configuration = service(ConfigurationAdmin.class, "").getConfiguration(CORE, "?");
            configuration.update(new Hashtable<>(millis));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Waits.until("core runs with " + millis, () -> coreConfigurations().stream().anyMatch(core ->
                core.state == ComponentConfigurationDTO.ACTIVE && core.properties.entrySet().containsAll(
                        millis.entrySet())));
    }

    private List<ComponentConfigurationDTO> coreConfigurations() {
        ServiceComponentRuntime components = service(ServiceComponentRuntime.class, "");
        return components.getComponentDescriptionDTOs(bundle(CORE)).stream()
                .flatMap(component -> components.getComponentConfigurationDTOs(component).stream()).toList();
    }

    /** The one bundle of that name. */
    public Bundle bundle(String symbolicName) {
        List<Bundle> found = bundles(symbolicName);
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " bundles " + symbolicName);
        }
        return found.get(0);
    }

    public List<Bundle> bundles(String symbolicName) {
        return Arrays.stream(context.getBundles()).filter(b -> symbolicName.equals(b.getSymbolicName())).toList();
    }

    /** Installs and starts. */
    public Bundle start(Path jar) {
        try (InputStream content = Files.newInputStream(jar)) {
            Bundle bundle = context.installBundle("exam:" + jar + "?" + System.nanoTime(), content);
            bundle.start();
            return bundle;
        } catch (IOException | BundleException e) {
            throw new AssertionError("cannot start " + jar, e);
        }
    }

    /** The ids of all services, by bundle and interface: equal before and after if nobody was started anew. */
    public List<String> registrations(String... symbolicNames) {
        List<String> found = new ArrayList<>();
        for (String name : symbolicNames) {
            ServiceReference<?>[] services = bundle(name).getRegisteredServices();
            for (ServiceReference<?> service : services == null ? new ServiceReference<?>[0] : services) {
                found.add(name + " " + Arrays.toString((String[]) service.getProperty("objectClass")) + " "
                        + service.getProperty("service.id"));
            }
        }
        return found.stream().sorted().toList();
    }
}
