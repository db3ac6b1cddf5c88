package org.iommu4j.tck.command;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.status.DriverReport;
import org.iommu4j.api.status.DriverSwap;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.tck.stage.DriverExchange;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/**
 * The bundle whose driver is in charge of the machine under test. Closing puts the one of the start back in charge. One
 * thread.
 */
final class DriverBundle implements DriverExchange, AutoCloseable {
    private final BundleContext context;
    private final Services services;
    private final String machine;
    private final Optional<Path> jar;
    private final Optional<Path> former;

    /**
     * @param chosen the jar of the driver to put in charge; null for the one that is
     * @throws IommuException if it cannot be put in charge
     */
    DriverBundle(BundleContext context, Services services, String machine, Path chosen) {
        this.context = context;
        this.services = services;
        this.machine = machine;
        Optional<Path> own = jarOf(bundle());
        if (chosen == null) {
            this.jar = own;
            this.former = Optional.empty();
            return;
        }
        if (!Files.isRegularFile(chosen)) {
            throw IommuException.of(Reason.BAD_INPUT, "--driver: there is no file %s", chosen);
        }
        this.jar = Optional.of(chosen);
        this.former = Optional.of(own.orElseThrow(() -> IommuException.of(Reason.NOT_SUPPORTED,
                "--driver: the jar of %s is not known, so it could not be put back", unit().driver())));
        swapTo(chosen);
    }

    @Override
    public Optional<Runnable> restart() {
        return Optional.of(() -> {
            Bundle bundle = bundle();
            try {
                bundle.stop(Bundle.STOP_TRANSIENT);
                bundle.start(Bundle.START_TRANSIENT);
            } catch (BundleException e) {
                throw new IommuException(Reason.IO, "the driver's bundle does not stop and start: " + e, e);
            }
            services.await(machine);
        });
    }

    @Override
    public Optional<Runnable> swap() {
        return jar.map(successor -> () -> swapTo(successor));
    }

    @Override
    public void close() {
        former.ifPresent(this::swapTo);
    }

    private void swapTo(Path successor) {
        services.of(DriverSwap.class, Services.OF_ALL).swap(Long.toString(bundle().getBundleId()), successor);
    }

    private UnitReport unit() {
        return services.of(UnitStatus.class, Services.OF_ALL).units().stream()
                .filter(unit -> unit.machine().equals(machine)).findFirst().orElseThrow(() ->
                        IommuException.of(Reason.NO_DEVICE, "machine %s has no unit", machine));
    }

    private Bundle bundle() {
        String driver = unit().driver();
        return services.of(UnitStatus.class, Services.OF_ALL).drivers().stream()
                .filter(report -> report.units() > 0 && report.bundle().equals(driver))
                .map(DriverReport::bundleId).map(context::getBundle).findFirst().orElseThrow(() ->
                        IommuException.of(Reason.NO_DEVICE, "no bundle of the driver '%s' is to be found", driver));
    }

    /** Locations are URLs of jars; the container's own have {@code #number:digest} behind them. */
    private static Optional<Path> jarOf(Bundle bundle) {
        String location = bundle.getLocation().replaceFirst("#.*$", "");
        if (!location.startsWith("file:")) {
            return Optional.empty();
        }
        return Optional.of(Path.of(URI.create(location).getPath())).filter(Files::isRegularFile);
    }
}
