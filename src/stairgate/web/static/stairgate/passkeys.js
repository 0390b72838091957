/* Passkeys: hands a form marked data-sg-passkey to the device. Needs webauthn-json.js. */
document.addEventListener('DOMContentLoaded', function () {
  document.querySelectorAll('form[data-sg-passkey]').forEach(function (form) {
    form.addEventListener('submit', function (e) {
      var field = form.elements.credential;
      if (field.value) return;
      e.preventDefault();
      credential(form).then(function (found) { field.value = JSON.stringify(found); form.submit(); }, function () { say(form); });
    });
  });
  function options() { var found = document.getElementById('js_data'); return found ? JSON.parse(found.textContent) : null; }
  async function credential(form) {
    if (form.dataset.sgPasskey === 'add') {
      var made = options().creation_options, pick = made.publicKey.authenticatorSelection;
      pick.residentKey = 'required'; pick.requireResidentKey = true; pick.userVerification = 'required';
      return webauthnJSON.create(made);
    }
    if (form.dataset.sgPasskey === 'confirm') return webauthnJSON.get(options().request_options);
    var answer = await fetch(form.action, { headers: { Accept: 'application/json' } });
    return webauthnJSON.get((await answer.json()).request_options);
  }
  function say(form) {
    if (form.querySelector('[role=alert]')) return;
    var p = document.createElement('p'); p.className = 'sg-error mt-2'; p.setAttribute('role', 'alert');
    p.textContent = 'Your device did not give a passkey. Try again, or use the other way.'; form.append(p);
  }
});
