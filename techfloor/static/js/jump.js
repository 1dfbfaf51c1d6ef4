// The way to a signature that lies below the fold goes once the signature is in sight; without a script it stays.

const jump = document.querySelector(".sign-jump");
const card = document.querySelector("#sign");
const BELOW = "0px 0px -160px 0px"; // what the bar and the way itself cover is not in sight yet

if (jump && card && "IntersectionObserver" in window) {
  new IntersectionObserver(([seen]) => jump.classList.toggle("is-there", seen.isIntersecting), { rootMargin: BELOW })
    .observe(card);
}
