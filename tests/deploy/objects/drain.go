package main

import (
	"fmt"
	"time"

	apps "k8s.io/api/apps/v1"
)

var drainFlags = []string{"DRAWBRIDGE_DRAIN_NOT_READY", "DRAWBRIDGE_DRAIN_SPREAD", "DRAWBRIDGE_DRAIN_GRACE"}

// The minimum time that must remain after the drain.
const leastMargin = time.Second

// CheckDrain compares the time that the termination of a pod takes with its grace period.
func CheckDrain(objects *Objects) []error {
	var faults []error
	for _, deployment := range objects.Deployments {
		given := 30 * time.Second // Kubernetes' default
		if seconds := deployment.Spec.Template.Spec.TerminationGracePeriodSeconds; seconds != nil {
			given = time.Duration(*seconds) * time.Second
		}
		takes, err := leaving(objects, deployment)
		if err != nil {
			faults = append(faults, err)
		} else if takes+leastMargin > given {
			faults = append(faults, fmt.Errorf("terminationGracePeriodSeconds is %v, and leaving takes %v", given, takes))
		}
	}
	return faults
}

func leaving(objects *Objects, deployment *apps.Deployment) (time.Duration, error) {
	var takes time.Duration
	environment := environmentOf(deployment)
	for _, name := range drainFlags {
		value, err := time.ParseDuration(environment[name])
		if err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		takes += value
	}
	for _, container := range deployment.Spec.Template.Spec.Containers {
		if hooks := container.Lifecycle; hooks != nil && hooks.PreStop != nil && hooks.PreStop.Sleep != nil {
			takes += time.Duration(hooks.PreStop.Sleep.Seconds) * time.Second
		}
	}
	return takes, nil
}

// Returns the environment variables that the containers get by value.
func environmentOf(deployment *apps.Deployment) map[string]string {
	environment := map[string]string{}
	for _, container := range deployment.Spec.Template.Spec.Containers {
		for _, variable := range container.Env {
			environment[variable.Name] = variable.Value
		}
	}
	return environment
}
