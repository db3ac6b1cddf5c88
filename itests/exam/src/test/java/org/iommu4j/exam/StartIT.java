package org.iommu4j.exam;

import static org.junit.Assert.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import javax.inject.Inject;
import org.iommu4j.exam.dma.Traffic;
import org.iommu4j.exam.lab.Lab;
import org.iommu4j.exam.lab.LabMachine;
import org.iommu4j.exam.lab.Traces;
import org.iommu4j.exam.lab.Waits;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** No order of starting is needed. The seed of the random ones is printed; {@code -Diommu4j.seed} sets it. */
@RunWith(PaxExam.class)
public class StartIT {
    private static final int ROUNDS = 8 * Integer.getInteger("iommu4j.scale", 1);

    @Inject
    private BundleContext context;
    @Inject
    private ServiceComponentRuntime components;

    /** Clients first, then the driver, the machines and core: the order that would break whatever relies on one. */
    @Configuration
    public Option[] backwards() {
        return new Option[] {Provision.platform(),
                Provision.system("shell", "replay", "vtd-driver", "hw-sim", "core", "core-api")};
    }

    @Configuration
    public Option[] atRandom() {
        List<String> bundles =
                new ArrayList<>(List.of("core-api", "core", "hw-sim", "vtd-driver", "replay", "shell"));
        Collections.shuffle(bundles, seeded("start order"));
        return new Option[] {Provision.platform(), Provision.system(bundles.toArray(String[]::new))};
    }

    @Test
    public void everyBundleRuns() {
        List<String> idle = new ArrayList<>();
        for (Bundle bundle : ours()) {
            if (bundle.getState() != Bundle.ACTIVE) {
                idle.add(bundle.getSymbolicName() + " in state " + bundle.getState());
            }
        }
        assertEquals(List.of(), idle);
        assertEquals("core-api, core, driver, machines, replay and shell", 6, ours().size());
    }

    @Test
    public void everyComponentIsSatisfiedUnlessItAwaitsAConfiguration() {
        List<String> lacking = new ArrayList<>();
        for (Bundle bundle : ours()) {
            for (ComponentDescriptionDTO component : components.getComponentDescriptionDTOs(bundle)) {
                for (ComponentConfigurationDTO instance : components.getComponentConfigurationDTOs(component)) {
                    lacking.addAll(Complaints.of(component, instance));
                }
            }
        }
        assertEquals(List.of(), lacking);
    }

    /** The machine's configuration is there all the time; who comes last brings it up, who goes takes it down. */
    @Test
    public void aMachineIsDrivenInWhateverOrderBundlesStopAndStart() throws BundleException {
        LabMachine machine = new Lab(context).machine("duo", "duo");
        Set<String> threads = Traces.threads();
        Random random = seeded("stop and start order");
        for (int round = 0; round < ROUNDS; round++) {
            List<Bundle> order = ours();
            Collections.shuffle(order, random);
            List<Bundle> some = order.subList(0, 1 + random.nextInt(order.size()));
            for (Bundle bundle : some) {
                bundle.stop();
            }
            Collections.shuffle(some, random);
            for (Bundle bundle : some) {
                bundle.start();
            }
            machine.awaitDriven();
            try (Traffic traffic = machine.traffic()) {
                Waits.until("calls and DMA", () -> traffic.tally().returned() > 0 && traffic.tally().right() > 0);
                traffic.end();
                RunningSystem.assertUnharmed(traffic.tally());
            }
        }
        Waits.until("threads are " + threads + " again", () -> Traces.threads().equals(threads));
    }

    private static Random seeded(String what) {
        long seed = Long.getLong("iommu4j.seed", System.nanoTime());
        System.out.println(what + ": seed " + seed);
        return new Random(seed);
    }

    private List<Bundle> ours() {
        List<Bundle> bundles = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getSymbolicName().startsWith("org.iommu4j.")) {
                bundles.add(bundle);
            }
        }
        return bundles;
    }
}
